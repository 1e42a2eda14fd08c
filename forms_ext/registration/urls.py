"""URLs of the invitation link and the private page. Logs mask their tokens."""

from django.urls import path

from . import views

urlpatterns = [
    path("invitation/<str:token>/", views.open_invitation, name="open_invitation"),
    path("member/<str:token>/", views.member, name="member"),
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
