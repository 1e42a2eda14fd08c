"""For what a text can be: all programs, or one."""

from django.utils.translation import gettext as _

from cop_program.models import Program


def scopes() -> list[tuple[str, str]]:
    """Return each scope with its name, all programs first, then the newest."""
    programs = Program.objects.select_related("page").order_by("-pk")
    return [("", _("All programs")), *((f"program:{program.pk}", str(program)) for program in programs)]
