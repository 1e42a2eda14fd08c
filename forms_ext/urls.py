from .applications.urls import urlpatterns as applications_urls
from .forms.urls import urlpatterns as forms_urls

app_name = "forms_ext"
urlpatterns = [*applications_urls, *forms_urls]
