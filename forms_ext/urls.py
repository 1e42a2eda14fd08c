from django.urls import URLPattern, URLResolver

from .applications.urls import urlpatterns as applications
from .registration.urls import urlpatterns as registration
from .submissions.urls import urlpatterns as forms

app_name = "forms_ext"
urlpatterns: list[URLPattern | URLResolver] = [*registration, *applications, *forms]
