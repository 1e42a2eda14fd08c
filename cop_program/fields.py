"""A stream field whose migrations do not hold its blocks."""

from typing import Any

from wagtail.fields import StreamField


class OpenStreamField(StreamField):
    """A `StreamField` that asks for no migration when a block changes or is added (wagtail8.md, section 1)."""

    def __init__(self, block_types: Any = (), **kwargs: Any) -> None:
        super().__init__(block_types, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Leave the blocks out."""
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [[]], kwargs
