"""The plain text of an email, made from its HTML, so that both say the same."""

import textwrap
from dataclasses import dataclass
from html.parser import HTMLParser

WIDTH = 72
BLOCKS = {"p", "h3", "h4", "li"}


def to_text(html: str) -> str:
    """Return simple HTML as plain text: paragraphs, lists, and links with their URLs."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.text()


@dataclass
class _List:
    """An open list: numbered or not, and the last number."""

    numbered: bool
    count: int = 0

    def bullet(self) -> str:
        self.count += 1
        return f"{self.count}. " if self.numbered else "- "


@dataclass(frozen=True)
class _Block:
    words: str
    bullet: str = ""
    indent: int = 0
    tight: bool = False
    """Follows the block before it without an empty line."""


class _Parser(HTMLParser):
    """Collect blocks; a block ends with a paragraph, heading or list item, or when a list begins."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[_Block] = []
        self.lists: list[_List] = []
        self.words = ""
        self.bullet = ""
        self.tight = False
        self.href = ""
        self.label_from = 0
        self.is_button = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"ul", "ol"}:
            self._end_block()
            self.lists.append(_List(numbered=tag == "ol"))
        elif tag in BLOCKS:
            self._end_block()
            self._start_block(tag, given.get("class") == "address")
        elif tag == "br":
            self.words += "\n"
        elif tag == "a":
            self.href, self.label_from = given.get("href") or "", len(self.words)
            self.is_button = given.get("class") == "button"

    def _start_block(self, tag: str, is_address: bool) -> None:
        self.tight = is_address
        if tag == "li" and self.lists:
            self.tight = self.lists[-1].count > 0 or len(self.lists) > 1
            self.bullet = self.lists[-1].bullet()

    def handle_endtag(self, tag: str) -> None:
        if tag in {"ul", "ol"}:
            self._end_block()
            self.lists = self.lists[:-1]
        elif tag in BLOCKS:
            self._end_block()
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

    def _end_block(self) -> None:
        words = "\n".join(" ".join(line.split()) for line in self.words.split("\n")).strip()
        self.words = ""
        if words:
            indent = 3 * (len(self.lists) - 1) if self.lists else 0
            self.blocks.append(_Block(words, self.bullet, indent, self.tight))
            self.bullet, self.tight = "", False

    def text(self) -> str:
        """Return the blocks: items of one list on following lines, others separated by an empty line."""
        self._end_block()
        out = ""
        for block in self.blocks:
            between = "\n" if block.tight else "\n\n"
            out += (between if out else "") + _wrap(block)
        return out


def _wrap(block: _Block) -> str:
    margin = " " * block.indent
    hanging = margin + " " * len(block.bullet)
    lines = []
    for number, line in enumerate(block.words.split("\n")):
        wrapped = textwrap.fill(
            line,
            WIDTH,
            initial_indent=hanging if number else margin + block.bullet,
            subsequent_indent=hanging,
            break_long_words=False,
            break_on_hyphens=False,
        )
        lines.append(wrapped)
    return "\n".join(lines)
