from django.urls import URLPattern, URLResolver

from .registration.urls import urlpatterns as registration

app_name = "forms_ext"
urlpatterns: list[URLPattern | URLResolver] = [*registration]
