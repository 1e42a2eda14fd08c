"""Register billing in Wagtail's admin: its lists, and the issuers."""

from django.urls import URLPattern, URLResolver, include, path
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet
from wagtail_modeladmin.options import ModelAdminGroup

from ...base.admin import menu
from ...ledger.admin.listing import RebateAdmin, RefundAdmin
from ...ledger.models import Issuer
from . import urls
from .listing import AccountAdmin, InvoiceAdmin


class MoneyGroup(ModelAdminGroup):
    """The menu group for billing."""

    items = (AccountAdmin, InvoiceAdmin, RefundAdmin, RebateAdmin)
    menu_label = _("Billing")
    menu_icon = "table"
    menu_order = 170
    add_to_admin_menu = False  # it is in ours


class LogoFaultPanel(Panel):
    """Tells why documents are printed without the logo; nothing if they have it."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "forms_ext/invoices/admin/logo_fault.html"

        @cached_property
        def fault(self) -> str:
            """Why documents are printed without the logo, or ""."""
            return self.instance.logo_fault() if self.instance and self.instance.pk else ""

        def is_shown(self) -> bool:
            return bool(super().is_shown() and self.fault)


class IssuerViewSet(SnippetViewSet):
    """The issuers of invoices."""

    model = Issuer
    icon = "home"
    list_display = ["name", "country", "number_prefix"]
    panels = [
        LogoFaultPanel(),
        FieldPanel("name"),
        MultiFieldPanel(
            [FieldPanel("address"), FieldPanel("country"), FieldPanel("tax_id")], heading=_("As shown on invoices")
        ),
        MultiFieldPanel([FieldPanel("email"), FieldPanel("website"), FieldPanel("logo")], heading=_("Contact")),
        MultiFieldPanel(
            [
                FieldPanel("bank_details"),
                FieldPanel("payment_days"),
                FieldPanel("reminder_days"),
                FieldPanel("number_prefix"),
            ],
            heading=_("Payment and numbering"),
        ),
    ]


def admin_urls() -> list[URLPattern | URLResolver]:
    """Return the admin URLs of this package."""
    return [path("cop/", include((urls.urlpatterns, urls.app_name)))]


def connect() -> None:
    """Register this package in the admin. Called from `forms_ext/wagtail_hooks.py`."""
    register_snippet(IssuerViewSet)
    money = MoneyGroup()
    money.register_with_wagtail()
    menu.register(money.get_menu_item)
    hooks.register("register_admin_urls", admin_urls)
