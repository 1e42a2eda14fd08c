from .pages import (
    FacilitatorIndexPage,
    FacilitatorPage,
    FacilitatorPageMixin,
    ProgramFacilitator,
    ProgramIndexPage,
    ProgramPage,
    ProgramPageMixin,
    SessionPage,
    SessionPageMixin,
)
from .program import Program

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
]
