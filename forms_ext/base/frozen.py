"""Rows that are never edited or deleted: Python refuses it here, the database in `triggers.py`."""

from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models.base import ModelBase
from django.utils.translation import gettext as _


class Frozen(Exception):
    """An attempt to change a row that never changes."""

    def __init__(self, model: type[models.Model]) -> None:
        super().__init__(
            _("Entries and invoices cannot be changed. Add a correcting entry instead (%(name)s).")
            % {"name": model._meta.verbose_name}
        )


class FrozenQuerySet(models.QuerySet[Any]):
    """Refuses to change the frozen columns of its rows, and to delete any."""

    def update(self, **kwargs: Any) -> int:
        if not set(kwargs) <= self.model.unfrozen:
            raise Frozen(self.model)
        return super().update(**kwargs)

    def delete(self) -> NoReturn:
        raise Frozen(self.model)

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> int:
        if not set(fields) <= self.model.unfrozen:
            raise Frozen(self.model)
        return super().bulk_update(objs, fields, batch_size)


class FrozenModel(models.Model):
    """A model whose rows never change once created, except the columns in `unfrozen`."""

    unfrozen: ClassVar[frozenset[str]] = frozenset()
    objects = FrozenQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(
        self,
        *,
        force_insert: bool | tuple[ModelBase, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        if not self._state.adding and not (update_fields is not None and set(update_fields) <= self.unfrozen):
            raise Frozen(type(self))
        super().save(force_insert=force_insert, force_update=force_update, using=using, update_fields=update_fields)

    def delete(self, using: str | None = None, keep_parents: bool = False) -> NoReturn:
        raise Frozen(type(self))
