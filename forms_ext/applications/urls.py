from django.urls import path

from . import views

urlpatterns = [path("facilitator/<key:pk>/", views.contact_facilitator, name="facilitator_message")]
