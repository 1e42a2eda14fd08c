"""Each page type can be previewed: published, as an incomplete draft, and before it was ever saved."""

import pytest
from demo.people import by_role
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, get_page_models

from cop_program.models import FacilitatorPage, ProgramPage, SessionPage

pytestmark = pytest.mark.django_db

TYPES = [model for model in get_page_models() if model._meta.app_label in ("cop_program", "forms_ext", "demo")]


def name_of(model: type[Page]) -> str:
    return str(model._meta.model_name)


def test_every_type_is_here() -> None:
    assert {name_of(model) for model in TYPES} >= {
        "homepage",
        "programindexpage",
        "programpage",
        "sessionpage",
        "facilitatorindexpage",
        "facilitatorpage",
        "applicationformpage",
        "registrationformpage",
    }


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("model", TYPES, ids=name_of)
def test_the_draft_of_a_page_is_shown(model: type[Page], client: Client) -> None:
    """Through the addresses that the preview panel of the editor calls."""
    page = model.objects.last()
    if page is None:
        pytest.skip("the demo has no such page")
    client.force_login(by_role("administrator"))
    for mode, _label in page.preview_modes:
        answer = page.make_preview_request(preview_mode=mode)
        assert answer.status_code == 200
        assert page.title.replace("&", "&amp;") in answer.content.decode()
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert edit.status_code == 200
    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    assert preview in edit.content.decode()
    assert client.get(preview).status_code == 200


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("model", TYPES, ids=name_of)
def test_a_page_without_anything_but_its_title_is_shown(model: type[Page]) -> None:
    """As the preview of a page that was never saved: the editor shows it as soon as it has a title."""
    parents = [kind for kind in model.allowed_parent_page_models() if kind.objects.exists()]
    if not parents:
        pytest.skip("the demo has no place for such a page")
    parent = parents[-1].objects.last()
    assert parent is not None
    page = model(title="Something new", slug="something-new")
    page.set_url_path(parent)
    page.depth, page.path = parent.depth + 1, Page._get_children_path_interval(parent.path)[1]
    answer = page.make_preview_request()
    assert answer.status_code == 200
    assert "Something new" in answer.content.decode()


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("model", [ProgramPage, SessionPage, FacilitatorPage], ids=name_of)
def test_a_draft_that_lacks_any_one_thing_is_shown(model: type[Page]) -> None:
    inherited = {field.name for field in Page._meta.get_fields()}
    for field in model._meta.concrete_fields:
        if field.name in inherited or field.name == "page_ptr" or field.name.endswith("_currency"):
            continue
        page = model.objects.last()
        assert page is not None
        setattr(page, field.name, None if field.empty_strings_allowed is False or field.null else "")
        assert page.make_preview_request().status_code == 200, field.name
