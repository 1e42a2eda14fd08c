"""URLs of the invitation link and the private page, whose tokens logs mask, and of the form that asks for them."""

from django.urls import path

from . import link_requests, views

urlpatterns = [
    path("invitation/<str:token>/", views.open_invitation, name="open_invitation"),
    path("links/", link_requests.ask_for_links, name="ask_for_links"),
    path("member/<str:token>/", views.member, name="member"),
    path("member/<str:token>/leave/", views.member_leave, name="member_leave"),
    path("member/<str:token>/transfer/", views.member_transfer, name="member_transfer"),
    path("member/<str:token>/calendar.ics", views.member_calendar, name="member_calendar"),
    path("member/<str:token>/invoices/<key:pk>/", views.member_invoice, name="member_invoice"),
    path("member/<str:token>/receipts/<key:pk>/", views.member_receipt, name="member_receipt"),
    path("member/<str:token>/statements/<key:pk>/", views.member_statement, name="member_statement"),
    path(
        "member/<str:token>/receipts/<key:pk>/cancellation/",
        views.member_cancelled_receipt,
        name="member_cancelled_receipt",
    ),
]
