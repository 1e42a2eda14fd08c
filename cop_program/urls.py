from django.urls import URLPattern

app_name = "cop_program"
urlpatterns: list[URLPattern] = []
