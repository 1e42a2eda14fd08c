"""Admin URLs of email templates and the email log."""

from django.urls import path

from . import views

app_name = "forms_ext_mail"
urlpatterns = [
    path("templates/", views.TemplateList.as_view(), name="templates"),
    path("templates/<str:kind>/", views.TemplateEdit.as_view(), name="template"),
    path("outbox/<key:pk>/", views.EmailView.as_view(), name="mail"),
]
