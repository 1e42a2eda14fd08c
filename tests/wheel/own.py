"""Runs in the plain site with the code of docs/integrators.md: a page type, a question type, a provider."""

import json
import re
from datetime import date, timedelta
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from mysite.provider import Elsewhere
from retreats.models import RetreatPage
from wagtail.models import Site

from cop_program import extensions
from cop_program.models import Program, ProgramIndexPage, SessionPage
from forms_ext.applications.models import Application
from forms_ext.applications.pages import ApplicationFormPage
from forms_ext.registration.pages import RegistrationFormPage


def publish(parent, page):
    parent.add_child(instance=page)
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


home = Site.objects.get(is_default_site=True).root_page
index = publish(home, ProgramIndexPage(title="Retreats", slug="retreats"))
today = date.today()
days = {"application_deadline": 30, "registration_deadline": 40, "starts_on": 60, "ends_on": 90}
page = RetreatPage(
    title="Silence", slug="silence", capacity=9, house="The house by the lake",
    **{name: today + timedelta(days=number) for name, number in days.items()},
)  # fmt: skip
assert RetreatPage in type(index).allowed_subpage_models()
page = publish(index, page)
assert {SessionPage, ApplicationFormPage, RegistrationFormPage} <= set(type(page).allowed_subpage_models())
assert Program.for_page(page) is not None

ask = [
    ("text", {"label": "Your name", "required": True, "role": "name"}),
    ("email", {"label": "Email", "required": True, "role": "email"}),
    ("stars", {"label": "How rested are you?", "required": True}),
]
questions = json.dumps([{"type": kind, "value": value, "id": str(uuid4())} for kind, value in ask])
form = publish(page, ApplicationFormPage(title="Apply", slug="apply", questions=questions))
client = Client()
shown = client.get(page.get_url()).content.decode()
assert "The house by the lake" in shown
assert form.get_url() in shown
shown = client.get(form.get_url()).content.decode()
assert "★★★★★" in shown
token = re.search(r'name="_token" value="([^"]+)"', shown)[1]
answers = {"your_name": "Ada", "email": "ada@example.org", "how_rested_are_you": "4", "_token": token}
sent = client.post(f"/go/form/{form.pk}/", answers, follow=True)
assert sent.status_code == 200, sent.content.decode()
application = Application.objects.get()
assert application.answers["how_rested_are_you"] == 4
schema = client.get(f"/api/v3/forms/{form.pk}/").json()["schema"]
assert json.dumps({"minimum": 1, "maximum": 5})[1:-1] in json.dumps(schema)
assert client.get(f"/api/v3/programs/{page.pk}/").json()["title"] == "Silence"

client.force_login(get_user_model().objects.get(is_superuser=True))
for editing in (page, form):
    assert client.get(reverse("wagtailadmin_pages:edit", args=[editing.pk])).status_code == 200
register = client.get("/admin/cop/applications/").content.decode()
address = re.compile(f'href="(/admin/cop/applications/[^"]*{application.pk}/)"')
seen = client.get(address.search(register)[1])
assert "★★★★" in seen.content.decode()

extensions.register(Elsewhere())
assert "https://register.example.org/" in Client().get(page.get_url()).content.decode()
print("all of it runs")
