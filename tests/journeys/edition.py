"""A separate edition for the staff journeys, created in the data of a running site.

`manage.py shell -c` runs it with `SOURCE` (slug), `KEY`, `TITLE` and `CAST` (name: state) set above;
it prints the program's pk.
"""

# ruff: noqa: F821
from dataclasses import replace
from datetime import timedelta

from demo.loader.applicants_coming import APPLICANTS
from demo.loader.history import life, play, quiet

from cop_program.clock import now
from cop_program.models import Program, ProgramPage
from forms_ext.applications.pages import ApplicationFormPage

source = ProgramPage.objects.get(slug=SOURCE)
page = source.copy(recursive=True, update_attrs={"title": TITLE, "slug": KEY})
program = Program.objects.select_related("page").get(page=page)
form = ApplicationFormPage.objects.child_of(page).get()
steps = []
for number, (name, state) in enumerate(CAST.items()):
    person = replace(APPLICANTS[0], name=name, state=state, organization=f"{name}'s Works", address="1 First Street")
    steps += life(program, form, person, now() - timedelta(days=20, minutes=number))
with quiet():
    play(step for step in steps if step.moment <= now())
print(f"program={program.pk}")
