from django.urls import path

from . import views

urlpatterns = [
    path("form/<key:pk>/", views.form, name="form"),
    path("frame/<key:pk>/", views.frame, name="frame"),
    path("embed.js", views.frame_script, name="frame_script"),
]
