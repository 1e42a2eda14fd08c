"""Caches: what is kept of one reader never speaks their language to another."""

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import cop_program
import forms_ext

#: The caches without a parameter `language`, and why they hold no translated words.
WITHOUT_WORDS = {
    "cop_program.zones.territories": "codes",
    "cop_program.zones.replaced": "codes",
    "cop_program.zones.replaced_json": "codes",
    "cop_program.zones.zone_names": "codes",
    "cop_program.formatting._changes_clocks": "a fact",
    "cop_program.formatting.minor_unit": "a figure",
    "cop_program.kept_pages._log_statement": "a statement",
    "cop_program.api.rows._columns": "names of columns",
    "cop_program.api.rows.page_statement": "a statement",
    "cop_program.api.rows.below_statement": "a statement",
    "cop_program.api.rows.site_statement": "a statement",
    "cop_program.api.reading._address": "a URL",
    "cop_program.api.reading._page": "stored columns",
    "cop_program.api.reading._settled": "the language of the page, which is among its rows",
    "forms_ext.base.health._all_applied": "a fact",
    "forms_ext.base.network._warn": "a fact",
    "forms_ext.forms.compiler._compiled": "lazy labels",
    "forms_ext.forms.question_types.register_others": "nothing",
    "forms_ext.invoices.pdf.drawing._defaults": "a style sheet",
    "forms_ext.invoices.pdf.drawing._is_drawable": "a fact",
    "forms_ext.invoices.pdf.drawing._load": "a style sheet",
    "forms_ext.invoices.pdf.fonts._by_hash": "fonts",
    "forms_ext.invoices.pdf.fonts._points": "code points",
    "forms_ext.invoices.pdf.fonts._sha256": "a hash",
    "forms_ext.invoices.pdf.fonts.bundled": "fonts",
    "forms_ext.invoices.snapshots._stored_logo": "a path",
    "forms_ext.mail.rendering._inliner": "a tool",
    "forms_ext.mail.secrecy._misplaced": "names of fields",
    "forms_ext.submissions.views._script": "a file",
}


def cached() -> Iterator[tuple[str, Any]]:
    for package in (cop_program, forms_ext):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" in found.name:
                continue
            module = importlib.import_module(found.name)
            for name, value in vars(module).items():
                if isinstance(value, functools._lru_cache_wrapper) and value.__module__ == found.name:
                    yield f"{found.name}.{name}", value


def test_every_cache_of_words_is_keyed_by_language() -> None:
    others = {
        name for name, function in cached() if "language" not in inspect.signature(function.__wrapped__).parameters
    }
    assert others == set(WITHOUT_WORDS)
