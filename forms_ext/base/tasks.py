"""Background work of the cellar."""

from django.tasks import task

from . import periodic


@task
def tick() -> list[str]:
    """Run all periodic jobs once; returns the names of those that failed."""
    return periodic.run_all()
