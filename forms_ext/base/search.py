"""Search that folds case and accents alike on every database: each row keeps the folded text that staff search."""

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any, ClassVar

from django.apps import apps
from django.db import models, transaction
from django.db.models.base import ModelBase

#: What Unicode does not take apart, or writes in several ways.
_PLAIN = str.maketrans(
    {"ı": "i", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th"}
    | dict.fromkeys("‘’ʼ`´", "'")
    | dict.fromkeys("‐–—−", "-")
)
_AROUND_WORDS = ",;:()<>[]\"'“”„«»"
#: No search reads more: databases refuse longer patterns and deeper conditions.
LONGEST = 200
MOST_WORDS = 20
BATCH = 500


def fold(text: str) -> str:
    """Return `text` as the search compares it: lower case, no accents or invisible signs, single spaces."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = (sign for sign in apart.translate(_PLAIN) if unicodedata.category(sign) not in ("Mn", "Cf"))
    return " ".join("".join(kept).replace("\0", " ").split())


def words(query: str) -> list[str]:
    """Return the folded words of a search, each once, without what is written around them."""
    found = (word.strip(_AROUND_WORDS) or word for word in fold(query[:LONGEST]).split())
    return list(dict.fromkeys(found))[:MOST_WORDS]


def matching(query: str, paths: Iterable[str]) -> models.Q:
    """Return the condition that every word of `query` is in one of the folded columns at `paths`."""
    paths, found = list(paths), models.Q()
    for word in words(query):
        found &= models.Q(*[(f"{path}__contains", word) for path in paths], _connector=models.Q.OR)
    return found


class SearchedQuerySet(models.QuerySet[Any]):
    """Keeps the folded text also where rows are written in bulk."""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        rows = list(objs)
        for row in rows:
            row.search_text = row.folded()
        if kwargs.get("update_fields") and set(kwargs["update_fields"]) & set(self.model.searched):
            kwargs["update_fields"] = [*kwargs["update_fields"], "search_text"]
        return super().bulk_create(rows, *args, **kwargs)

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> int:
        rows, names = list(objs), set(fields)
        if names & set(self.model.searched):
            for row in rows:
                row.search_text = row.folded()
            names.add("search_text")
        return super().bulk_update(rows, names, batch_size)

    def update(self, **kwargs: Any) -> int:
        if not set(kwargs) & set(self.model.searched):
            return super().update(**kwargs)
        with transaction.atomic():
            keys = list(self.order_by().values_list("pk", flat=True))
            changed = super().update(**kwargs)
            for some in batched(keys, BATCH):
                rows: list[Any] = list(models.QuerySet(self.model).filter(pk__in=some).only(*self.model.searched))
                for row in rows:
                    row.search_text = row.folded()
                super(SearchedQuerySet, self.model.objects.all()).bulk_update(rows, ["search_text"])
            return changed


class SearchedModel(models.Model):
    """A model whose rows staff search: `search_text` is the folded text of the columns `searched`."""

    searched: ClassVar[tuple[str, ...]] = ()

    search_text = models.TextField(editable=False, default="")
    objects = SearchedQuerySet.as_manager()

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
        names = None if update_fields is None else set(update_fields)
        if names is None or names & set(self.searched):
            self.search_text = self.folded()
            names = names and names | {"search_text"}
        super().save(force_insert=force_insert, force_update=force_update, using=using, update_fields=names)

    def folded(self) -> str:
        """Return what `search_text` should be: a line for each column, so that no word spans two."""
        return "\n".join(fold(str(getattr(self, name) or "")) for name in self.searched)


def differing() -> Iterator[str]:
    """Yield a sentence for each row whose folded text is not that of its columns."""
    for model in apps.get_models():
        if issubclass(model, SearchedModel):
            rows: models.QuerySet[Any] = models.QuerySet(model).only("search_text", *model.searched).order_by("pk")
            for row in rows.iterator(chunk_size=BATCH):
                if row.search_text != row.folded():
                    yield f"{model._meta.model_name} {row.pk}: the search does not find it by what it says."
