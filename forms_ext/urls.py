from django.urls import URLPattern, URLResolver

from .applications.urls import urlpatterns as applications
from .forms.urls import urlpatterns as forms
from .registration.urls import urlpatterns as registration

app_name = "forms_ext"
urlpatterns: list[URLPattern | URLResolver] = [*registration, *applications, *forms]
