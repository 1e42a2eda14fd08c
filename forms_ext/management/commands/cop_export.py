import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.core.management.base import BaseCommand, CommandError, CommandParser
from wagtail.models import Page

from cop_program.models import Program

from ...base.errors import ActionRefused
from ...exports import actions as exports
from ...exports import content
from ...exports.formats import FORMATS
from ...exports.options import DATE_FORMATS, Options
from ...exports.sources import SOURCES, Source

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}


class Command(BaseCommand):
    help = "Export a staff list: all rows, or those of one program, form, search or filter."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=list(SOURCES))
        parser.add_argument("--program", metavar="SLUG", help="slug of a program page (default: all programs)")
        parser.add_argument("--form", metavar="SLUG", help="slug of a form page (submissions only)")
        parser.add_argument("--query", default="", help="search and filters, as in the list's URL")
        parser.add_argument("--format", choices=list(FORMATS), help="csv (default); files are exported as zip")
        parser.add_argument("--output", metavar="FILE", type=Path, help="output file (default: standard output)")
        parser.add_argument("--delimiter", choices=list(DELIMITERS), default="comma")
        parser.add_argument(
            "--bom", action="store_true", help="start with a byte order mark, so that Excel detects UTF-8"
        )
        parser.add_argument("--dates", choices=list(DATE_FORMATS), default="iso")
        parser.add_argument("--time-zone", default="UTC")
        parser.add_argument("--headings", choices=["labels", "keys"], default="labels")
        parser.add_argument("--split-choices", action="store_true", help="one column per choice")
        parser.add_argument("--columns", action="store_true", help="print the columns as JSON and no rows")

    def handle(self, *args: Any, **options: Any) -> None:
        source = SOURCES[options["what"]]
        query = self.query(source, options)
        try:
            chosen = Options(
                delimiter=DELIMITERS[options["delimiter"]],
                bom=options["bom"],
                date_format=options["dates"],
                time_zone=options["time_zone"],
                headings=options["headings"],
                split_choices=options["split_choices"],
            )
        except (ValueError, KeyError) as error:
            raise CommandError(str(error)) from error
        if options["columns"]:
            columns = source.columns(source.rows(query), split_choices=chosen.split_choices)
            self.stdout.write(json.dumps([column.as_json() for column in columns], indent=2, ensure_ascii=False))
            return
        kind = options["format"] or ("zip" if source.is_files else "csv")
        try:
            export = exports.begin(source=source, format=kind, query=query, options=chosen, background=False)
        except ActionRefused as refused:
            raise CommandError(str(refused)) from refused
        self.write(content.stream(export), options["output"])
        self.stderr.write(f"{export.rows} rows.")

    def query(self, source: Source, options: dict[str, Any]) -> str:
        """Return the query string that the list would have."""
        parts = [options["query"]] if options["query"] else []
        if slug := options["program"]:
            program = Program.objects.filter(page__slug=slug).first()
            if program is None:
                raise CommandError(f"There is no program {slug!r}.")
            if source.of_program is None:
                raise CommandError(f"{source.name} cannot be limited to a program.")
            parts.append(urlencode(source.of_program(program)))
        if slug := options["form"]:
            page = Page.objects.filter(slug=slug, cop_form_versions__isnull=False).first()
            if page is None or source.name != "submissions":
                raise CommandError(f"There is no form {slug!r} for {source.name}.")
            parts.append(urlencode({"page": page.pk}))
        return "&".join(parts)

    def write(self, parts: Any, output: Path | None) -> None:
        """Write to standard output, or to a file that is there only when it is whole."""
        if output is None:
            for part in parts:
                sys.stdout.buffer.write(part)
            sys.stdout.buffer.flush()
            return
        draft = output.with_name(f".{output.name}.{os.getpid()}.part")
        try:
            with draft.open("wb") as file:
                for part in parts:
                    file.write(part)
            draft.replace(output)
        finally:
            draft.unlink(missing_ok=True)
