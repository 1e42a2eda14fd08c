from django.urls import URLPattern

app_name = "forms_ext"
urlpatterns: list[URLPattern] = []
