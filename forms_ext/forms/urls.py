from django.urls import path

from . import views

urlpatterns = [path("form/<int:pk>/", views.form, name="form")]
