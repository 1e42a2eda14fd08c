"""Staff lists: the shell of wagtail-modeladmin around Wagtail's universal listing."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, ClassVar

import django_filters
from django import forms
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.admin_url_finder import register_admin_url_finder
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column, StatusTagColumn, TitleColumn
from wagtail.admin.views.bulk_action import BulkAction
from wagtail.admin.views.generic import IndexView
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permissions import policy_registry
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.options import ModelAdmin

from .. import search
from ..permissions import may
from . import selection

__all__ = [
    "ActionColumn",
    "CountedFilter",
    "CountedFilterSet",
    "Listing",
    "ListingAdmin",
    "ListingBulkAction",
    "NameColumn",
    "NextAction",
    "StateColumn",
    "add_buttons",
]


# --- Columns ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NextAction:
    """The next action for a row, as a labelled link."""

    label: str | Promise
    url: str
    primary: bool = False


class NameColumn(TitleColumn):
    """The name, which links to the detail page, with a secondary line below it."""

    cell_template_name = "forms_ext/base/admin/cells/name.html"

    def __init__(self, name: str, *, below: Callable[[Any], str] | None = None, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.below = below

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        return context | {"below": self.below(instance) if self.below else ""}


class StateColumn(StatusTagColumn):
    """A status as a tag."""


class ActionColumn(Column):
    """The next action as a labelled button; `accessor` returns a `NextAction` or None."""

    cell_template_name = "forms_ext/base/admin/cells/action.html"


# --- Filters with counts ---------------------------------------------------------------------------


class CountedFilter(django_filters.MultipleChoiceFilter):
    """Checkboxes, each with the number of rows that it would show together with the other filters.

    `labels` maps values to their labels and is called once per page. Without it, the field's own choices are used.
    """

    def __init__(
        self,
        *args: Any,
        labels: Callable[[list[Any]], dict[Any, str]] | None = None,
        parse: Callable[[str], Any] = str,
        whole: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, widget=forms.CheckboxSelectMultiple, distinct=False, **kwargs)
        self.labels = labels or self.field_choices
        self.parse = parse
        self.whole = whole  # also show values without rows

    def field_choices(self, values: list[Any]) -> dict[Any, str]:
        """Return the choices of the field, in their order."""
        return {value: str(label) for value, label in self.model._meta.get_field(self.field_name).flatchoices}

    def chosen(self, data: QueryDict, name: str) -> list[Any]:
        """Return the readable values in `data`; no column can contain a NUL."""
        values = []
        for raw in data.getlist(name):
            with suppress(ValueError):
                values.append(self.parse(raw.replace("\0", "")))
        return values


class CountedFilterSet(WagtailFilterSet):
    """Count the choices of each `CountedFilter` within the search and the other filters, with one query each."""

    def __init__(self, data: QueryDict | None = None, queryset: QuerySet | None = None, **kwargs: Any) -> None:
        super().__init__(data, queryset, **kwargs)
        given = data if data is not None else QueryDict()
        counted = {name: f for name, f in self.filters.items() if isinstance(f, CountedFilter)}
        chosen = {name: f.chosen(given, name) for name, f in counted.items()}
        narrowed = self._narrowed(given)
        for name, counter in counted.items():
            rows = narrowed.order_by()
            for other, values in chosen.items():
                if other != name and values:
                    rows = rows.filter(**{f"{counted[other].field_name}__in": values})
            counter.extra["choices"] = cache(partial(self._choices, counter, rows, chosen[name]))  # when they are shown

    def _narrowed(self, data: QueryDict) -> QuerySet:
        """Return the rows after the filters without counts."""
        rows = self.queryset
        for name, other in self.filters.items():
            if not isinstance(other, CountedFilter):
                field = other.field
                with suppress(forms.ValidationError):
                    rows = other.filter(rows, field.clean(field.widget.value_from_datadict(data, {}, name)))
        return rows

    @staticmethod
    def _choices(counter: CountedFilter, rows: QuerySet, chosen: list[Any]) -> list[tuple[Any, str]]:
        found = rows.values_list(counter.field_name).annotate(rows_there=Count("pk")).order_by(counter.field_name)
        counts = dict(found.values_list(counter.field_name, "rows_there"))
        values = [value for value in dict.fromkeys([*counts, *chosen]) if value not in (None, "")]
        labels = counter.labels(values)
        shown = list(labels) if counter.whole else [value for value in values if value in labels]
        if not counter.whole:
            shown.sort(key=lambda value: str(labels[value]))
        return [(value, f"{labels[value]} ({counts.get(value, 0)})") for value in shown]


# --- The listing -----------------------------------------------------------------------------------

type Buttons = Callable[["Listing"], Iterable[HeaderButton]]

_buttons: list[Buttons] = []


def add_buttons(reader: Buttons) -> None:
    """Let `reader` add buttons to the header of every listing."""
    if reader not in _buttons:
        _buttons.append(reader)


class Listing(IndexView):
    """Wagtail's listing of the rows of one model, with chips, live search and bulk actions."""

    model_admin: "ListingAdmin" = None  # type: ignore[assignment]  # as_view() wants it to be there
    template_name = "forms_ext/base/admin/listing.html"
    results_template_name = "forms_ext/base/admin/listing_results.html"
    table_classname = "listing cop-listing"
    search_backend_name = None
    paginate_by = 50
    any_permission_required = None
    empty_message: str | Promise = ""

    def __init__(self, model_admin: "ListingAdmin", **kwargs: Any) -> None:
        self.model = model_admin.model
        super().__init__(model_admin=model_admin, **kwargs)
        self.model_admin = model_admin
        self.permission_required = model_admin.list_permission
        self.permission_model = model_admin.permission_model or self.model
        self.index_url_name = model_admin.url_helper.get_action_url_name("index")
        self.index_results_url_name = model_admin.url_helper.get_action_url_name("results")
        self.page_title = model_admin.get_menu_label()
        self.header_icon = model_admin.get_menu_icon()
        self.verbose_name = self.model._meta.verbose_name
        self.verbose_name_plural = self.model._meta.verbose_name_plural

    @cached_property
    def permission_policy(self) -> Any:
        return policy_registry.get_by_type(self.permission_model)

    def allows(self, action: str) -> bool:
        """Tell whether the reader may do `action` with these rows."""
        return may(self.request.user, action, self.permission_model)

    @cached_property
    def has_bulk_actions(self) -> bool:
        """Tell whether the reader sees checkboxes."""
        action = self.model_admin.bulk_permission
        return bool(action) and self.allows(action)

    def get_columns(self) -> list[Column]:
        """Return the columns after the checkbox."""
        raise NotImplementedError

    @cached_property
    def columns(self) -> list[Any]:
        obj_type = self.model._meta.model_name
        boxes = [BulkActionsCheckboxColumn("bulk_actions", obj_type=obj_type)] if self.has_bulk_actions else []
        return [*boxes, *self.get_columns()]

    def name_column(self, name: str, **kwargs: Any) -> NameColumn:
        """Return the column of names that link to the detail page."""
        obj_type = self.model._meta.model_name
        return NameColumn(
            name, get_url=self.get_detail_url, get_title_id=lambda row: f"{obj_type}_{row.pk}_title", **kwargs
        )

    def get_detail_url(self, instance: Any) -> str | None:
        """Return the URL of the page of `instance`."""
        return self.model_admin.get_detail_url(instance)

    def search_queryset(self, queryset: QuerySet) -> QuerySet:
        """Return the rows in whose `search_fields`, columns of folded text, every word is found."""
        if not self.is_searching:
            return queryset
        return queryset.filter(search.matching(self.search_query, self.search_fields or []))

    def get_filterset_kwargs(self) -> dict[str, Any]:
        return super().get_filterset_kwargs() | {"queryset": self.search_queryset(self.get_base_queryset())}

    def asked(self) -> str:
        """Return the query string of the rows as they are searched and filtered now."""
        query = self.request.GET.copy()
        for name in [self.page_kwarg, "_w_filter_fragment"]:
            query.pop(name, None)
        return query.urlencode()

    def get_header_buttons(self) -> list[Any]:
        added = [button for reader in _buttons for button in reader(self)]
        return [*super().get_header_buttons(), *added]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(*args, **kwargs) | {
            "model_opts": self.model._meta,
            "has_bulk_actions": self.has_bulk_actions,
            "bulk_item_type": self.model._meta.model_name.upper(),
            "empty_message": self.empty_message,
        }


class ListingPermissionHelper(PermissionHelper):
    """Asks the policy registry; a list has no generic form, so nothing can be edited through it."""

    list_permission = "view"
    permission_model: type[Model] | None = None

    def user_can_list(self, user: Any) -> bool:
        return may(user, self.list_permission, self.permission_model or self.model)

    def user_can_create(self, user: Any) -> bool:
        return False

    def user_can_edit_obj(self, user: Any, obj: Any) -> bool:
        return False

    def user_can_delete_obj(self, user: Any, obj: Any) -> bool:
        return False

    def user_can_inspect_obj(self, user: Any, obj: Any) -> bool:
        return self.user_can_list(user)


class ListingAdmin(ModelAdmin):
    """A list in the admin: menu entry, permissions, the listing and its live results.

    Set `model`, `base_url_path`, `list_permission` (the action that readers need: "review"), `index_view_class`
    (a `Register`) and, where rows have a page, `detail_url_name`.
    """

    index_view_class = Listing
    add_to_admin_menu = False  # its package adds it to ours
    list_permission = "view"
    permission_model: type[Model] | None = None  # the model whose policy decides, if not `model`
    bulk_permission = ""
    detail_url_name = ""
    assignable: ClassVar[Iterable[str]] = ()  # codenames that a group can be given

    def get_permission_helper_class(self) -> type[PermissionHelper]:
        asked = {"list_permission": self.list_permission, "permission_model": self.permission_model}
        return type("Helper", (ListingPermissionHelper,), asked)

    def get_menu_label(self) -> str:
        return str(self.menu_label or self.opts.verbose_name_plural).capitalize()

    def get_permissions_for_registration(self) -> QuerySet[Permission]:
        """Return what a group can be given here: the actions of the list, not Django's four."""
        model = (self.permission_model or self.model)._meta
        names = [f"{self.list_permission}_{model.model_name}", *self.assignable]
        return Permission.objects.filter(content_type__app_label=model.app_label, codename__in=names)

    def get_detail_url(self, instance: Any) -> str | None:
        """Return the address of the page of `instance`, if rows of this list have one."""
        return reverse(self.detail_url_name, args=[instance.pk]) if self.detail_url_name else None

    def results_view(self, request: HttpRequest) -> HttpResponse:
        """Return only the rows, for live search and filters."""
        return self.index_view_class.as_view(model_admin=self, results_only=True)(request)

    def get_admin_urls_for_registration(self) -> tuple[URLPattern, ...]:
        base, name = self.url_helper.base_url_path, self.url_helper.get_action_url_name
        return (
            path(f"{base}/", self.index_view, name=name("index")),
            path(f"{base}/results/", self.results_view, name=name("results")),
        )

    def register_admin_url_finders(self) -> None:
        """Let Wagtail (history, reports) link rows to their pages."""
        listing_admin = self

        class Finder:
            def __init__(self, user: Any = None) -> None:
                self.user = user

            def get_edit_url(self, instance: Any) -> str | None:
                if self.user is None or listing_admin.permission_helper.user_can_list(self.user):
                    return listing_admin.get_detail_url(instance)
                return None

        register_admin_url_finder(self.model, Finder)

    def register_indexing(self) -> None:
        """Rows of a list are not in the reference index: they are no content."""

    def rows(self, request: HttpRequest, query: QueryDict) -> QuerySet:
        """Return the rows that the listing shows for `query`: searched, filtered and ordered."""
        view = self.index_view_class(model_admin=self)
        asked = HttpRequest()
        asked.method, asked.user, asked.META = "GET", request.user, request.META
        asked.GET = query  # type: ignore[assignment]
        view.setup(asked)
        return view.get_queryset()


class ListingBulkAction(BulkAction):
    """A bulk action of a list, for as many rows as `selection.LIMIT`.

    The listing posts what is selected; the page that shows what will be done posts it again with `CONFIRMED`, and only
    then something is done. "All" means the rows that the filters of the listing show.
    """

    listing_admin: ClassVar[ListingAdmin]
    permission = ""

    def __init__(self, request: HttpRequest, model: type[Model]) -> None:
        super().__init__(request, model)
        index = self.listing_admin.url_helper.index_url
        sent = request.POST.get("next") or request.GET.get("next", "")
        path, _mark, query = sent.partition("?")
        self.listing = QueryDict(query) if path == index else None  # filters of the listing that was left
        if self.listing is not None:
            self.next_url = sent  # Wagtail drops one above 2,048 characters
        elif self.next_url == request.path:
            self.next_url = index

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(request.user, self.permission, self.model):
            raise PermissionDenied
        try:
            self.selection = selection.read(request)
            return super().dispatch(request, *args, **kwargs)
        except selection.SelectionRefused as refused:
            context = {"error": str(refused), "next": self.next_url, "title": self.display_name}
            return TemplateResponse(request, "forms_ext/base/admin/bulk_refused.html", context, status=refused.status)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what will be done for a post from the listing; do it for a post from that page."""
        answer = super().post if self.is_confirmed else self.get
        return answer(request, *args, **kwargs)

    @property
    def is_confirmed(self) -> bool:
        """Tell whether the request comes from the page that shows what will be done, row by row."""
        return selection.CONFIRMED in self.request.POST and not self.selection.is_all

    def get_form_kwargs(self) -> dict[str, Any]:
        filled = ("data", "files") if not self.is_confirmed else ()
        return {name: value for name, value in super().get_form_kwargs().items() if name not in filled}

    def get_actionable_objects(self) -> tuple[list[Any], dict[str, list[Any]]]:
        """Return the selected rows that still exist; raise SelectionRefused if there are none, or too many."""
        keys = self.all_in_listing() if self.selection.is_all else list(self.selection.seen)
        rows = list(self.get_queryset(self.model, keys)) if keys else []
        if not rows:
            raise selection.SelectionRefused(_("The selected rows no longer exist."), status=404)
        return rows, {"items_with_no_access": []}

    def all_in_listing(self) -> list[int]:
        """Return the keys of all rows of the listing that the reader came from."""
        if self.listing is None:
            raise selection.SelectionRefused(_("The list was not recognized. Go back to it and select the rows again."))
        rows = self.listing_admin.rows(self.request, self.listing).values_list("pk", flat=True)
        found = list(rows[: selection.LIMIT + 1])
        selection.check_size(len(found))
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"submit_url": self.request.path}
