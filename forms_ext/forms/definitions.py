"""Freeze an editor's stream as a version: canonical JSON, its hash, and keys that never change."""

import json
import re
from decimal import Decimal
from typing import Any

from django.utils.text import slugify
from wagtail.models import Page
from wagtail.rich_text import expand_db_html

from . import question_types
from .blocks import MARKS, lines
from .models import FormVersion, QuestionKey


def _new_key(label: str, taken: set[str]) -> str:
    base = re.sub(r"[^a-z0-9]+", "_", slugify(label))[:50].strip("_") or "question"
    if base[0].isdigit():
        base = f"q_{base}"
    key, number = base, 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    return key


def keys_of(page: Page, *, save: bool) -> dict[str, str]:
    """Return the key of each block of `page` by the block's id; store new keys if `save`."""
    blocks = [child for child in page.questions if child.block_type not in MARKS and child.id]
    known = dict(QuestionKey.objects.filter(block_id__in=[b.id for b in blocks]).values_list("block_id", "key"))
    past = FormVersion.objects.filter(page_id=page.pk).order_by("-number").first()
    taken = set(known.values()) | {
        q["key"] for q in (past.definition.get("questions", []) if past else []) if "key" in q
    }
    fresh = []
    for child in blocks:
        if child.id not in known:
            known[child.id] = _new_key(child.value.get("label") or child.block_type, taken)
            taken.add(known[child.id])
            fresh.append(QuestionKey(block_id=child.id, key=known[child.id]))
    if save:
        QuestionKey.objects.bulk_create(fresh, ignore_conflicts=True)
    return known


def _mark(child: Any) -> dict[str, Any]:
    if child.block_type == "note":
        return {"type": "note", "html": expand_db_html(child.value.source) if child.value else ""}
    return {"type": child.block_type, "title": child.value.get("title") or ""}


def _question(child: Any, key: str) -> dict[str, Any]:
    value, kind = child.value, question_types.get(child.block_type)
    question: dict[str, Any] = {
        "type": child.block_type,
        "key": key,
        "block": child.id,
        "label": value.get("label") or "",
        "help": value.get("help") or "",
        "required": kind.always_required or bool(value.get("required")),
    }
    if role := value.get("role"):
        question["role"] = role
    for name in kind.options:
        option = value.get(name)
        if name == "choices":
            question[name] = lines(option)
        elif option not in (None, ""):
            question[name] = float(option) if isinstance(option, Decimal) else option
    return question


def definition_of(page: Page, *, save: bool = False) -> dict[str, Any]:
    """Return what `page` asks, as JSON data. A draft may lack values."""
    keys = keys_of(page, save=save)
    items = [
        _mark(child) if child.block_type in MARKS else _question(child, keys.get(child.id, f"draft_{number}"))
        for number, child in enumerate(page.questions)
    ]
    return {"schema": 1, "questions": items}


def canonical(definition: dict[str, Any]) -> str:
    """Return the one JSON text of `definition`: sorted keys, no spaces."""
    return json.dumps(definition, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
