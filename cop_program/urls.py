from django.urls import path

from . import views

app_name = "cop_program"
urlpatterns = [path("zone/", views.set_zone, name="set_zone")]
