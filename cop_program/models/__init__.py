from ..pages.facilitator import FacilitatorPage, FacilitatorPageMixin
from ..pages.index import FacilitatorIndexPage, ProgramIndexPage
from ..pages.mixins import ProgramPageMixin
from ..pages.program import ProgramFacilitator, ProgramPage
from ..pages.session import SessionPage, SessionPageMixin
from .program import Program
from .session_record import SessionRecord, SessionState

__all__ = [
    "FacilitatorIndexPage",
    "FacilitatorPage",
    "FacilitatorPageMixin",
    "Program",
    "ProgramFacilitator",
    "ProgramIndexPage",
    "ProgramPage",
    "ProgramPageMixin",
    "SessionPage",
    "SessionPageMixin",
    "SessionRecord",
    "SessionState",
]
