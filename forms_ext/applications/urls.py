from django.urls import path

from . import letters

urlpatterns = [path("facilitator/<key:pk>/", letters.letter, name="facilitator_letter")]
