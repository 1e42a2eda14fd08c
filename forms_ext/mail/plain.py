"""The plain text of a mail, made from its HTML, so that both say the same."""

import textwrap
from html.parser import HTMLParser

WIDTH = 72


def to_text(html: str) -> str:
    """Return simple HTML as plain text: paragraphs, lists, and links with their addresses."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.text()


class _Parser(HTMLParser):
    """Gathers blocks; a block ends where a paragraph, heading or list item does."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[tuple[str, str]] = []
        self.words = ""
        self.counters: list[int | None] = []
        self.href = ""
        self.label_from = 0
        self.is_button = False
        self.after_button = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"ul", "ol"}:
            self._end_block()
            self.counters.append(0 if tag == "ol" else None)
        elif tag in {"p", "h3", "h4", "li"}:
            self._end_block()
            self.after_button = given.get("class") == "address"
        elif tag == "br":
            self.words += "\n"
        elif tag == "a":
            self.href, self.label_from = given.get("href") or "", len(self.words)
            self.is_button = given.get("class") == "button"

    def handle_endtag(self, tag: str) -> None:
        if tag in {"ul", "ol"}:
            self._end_block()
            self.counters.pop() if self.counters else None
        elif tag in {"p", "h3", "h4"}:
            self._end_block()
        elif tag == "li":
            self._end_block(item=True)
        elif tag == "a":
            self._end_link()

    def handle_data(self, data: str) -> None:
        self.words += data.replace("\n", " ")

    def _end_link(self) -> None:
        label, href = self.words[self.label_from :].strip(), self.href.removeprefix("mailto:")
        if self.is_button:
            self.words += ":"
        elif href and href != label:
            self.words += f" ({href})"
        self.href, self.is_button = "", False

    def _end_block(self, *, item: bool = False) -> None:
        lines = [" ".join(line.split()) for line in self.words.split("\n")]
        self.words = ""
        words = "\n".join(lines).strip()
        if not words:
            return
        bullet = ""
        if item or self.counters:
            bullet = "- "
            if self.counters and self.counters[-1] is not None:
                self.counters[-1] += 1
                bullet = f"{self.counters[-1]}. "
        self.blocks.append(("address" if self.after_button else bullet, words))

    def text(self) -> str:
        """Return the blocks: list items on following lines, all else with an empty line between."""
        self._end_block()
        out, before = "", ""
        for bullet, words in self.blocks:
            tight = bullet == "address" or (bullet and before not in {"", "address"})
            out += ("\n" if tight else "\n\n") if out else ""
            out += words if bullet == "address" else _wrap(words, bullet)
            before = bullet
        return out


def _wrap(words: str, bullet: str) -> str:
    lines = words.split("\n")
    wrapped = []
    for number, line in enumerate(lines):
        first = bullet if number == 0 else " " * len(bullet)
        wrapped.append(
            textwrap.fill(
                line,
                WIDTH,
                initial_indent=first,
                subsequent_indent=" " * len(bullet),
                break_long_words=False,
                break_on_hyphens=False,
            )
        )
    return "\n".join(wrapped)
