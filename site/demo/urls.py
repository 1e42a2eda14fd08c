from django.urls import path

from . import views
from .rehearsal import views as rehearsal

app_name = "demo"
urlpatterns = [
    path("mailbox/", views.mail_list, name="mailbox"),
    path("mailbox/<str:name>/", views.mail_detail, name="mail"),
    path("mailbox/<str:name>/html/", views.mail_html, name="mail_html"),
    path("mailbox/<str:name>/files/<key:number>/", views.mail_attachment, name="mail_attachment"),
    path("clock/", views.clock_page, name="clock"),
    path("rehearsal/", rehearsal.walk, name="rehearsal"),
    path("rehearsal/report/", rehearsal.whole, name="rehearsal_report"),
]
