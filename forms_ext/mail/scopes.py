"""What a text can be for: all programs, or one."""

from django.utils.translation import gettext as _

from cop_program.models import Program


def program_of(scope: str) -> int | None:
    """Return the pk of the program that `scope` names, or None for all programs."""
    kind, _colon, pk = scope.partition(":")
    return int(pk) if kind == "program" and pk.isdecimal() else None


def scopes() -> list[tuple[str, str]]:
    """Return each scope with its name, all programs first, then the newest."""
    programs = Program.objects.select_related("page").order_by("-pk")
    return [("", _("All programs")), *((f"program:{program.pk}", str(program)) for program in programs)]
