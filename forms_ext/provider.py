"""What pages ask of `forms_ext`."""

from cop_program.extensions import Provider


class FormsProvider(Provider):
    """Answers from the rooms."""
