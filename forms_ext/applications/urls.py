from django.urls import path

from . import letters

urlpatterns = [path("facilitator/<int:pk>/", letters.letter, name="facilitator_letter")]
