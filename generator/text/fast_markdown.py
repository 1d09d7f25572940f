r"""The Markdown that our own templates write, as HTML: what Python-Markdown makes of it, sooner.

Takes the body of a generated page, gives the HTML that MkDocs would give, byte for byte. What the
templates write is a small dialect: headings with an id, paragraphs, lists, calendars as tables,
one code block, boxes (`<div class="…" markdown>`), raw blocks of the templates' own HTML; within a
line links, emphasis, `$formulas$`, escapes and entities. Anything else raises `NotInDialect`, and
the caller asks Python-Markdown: this module never guesses. Does no I/O.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from generator.text.mathml import mathml


class NotInDialect(ValueError):  # noqa: N818 - no error: the way of slower pages
    """Markdown that the templates don't write."""


_HEADING = re.compile(r"(#{1,3}) (.+) \{: #([\w.-]+)((?: \.[\w-]+)*) \}")
_ATTRIBUTES = re.compile(r"\{: \.([\w-]+) \}")
_BOX = re.compile(r'<div class="([\w-]+)" markdown>')
_ITEM = re.compile(r"((?:    )*)- (.+)")
_RAW = ("<form ", "<noscript>", '<div id="found">')
_ROW = re.compile(r"\| (.*) \|")
_RULE = re.compile(r"\|(?:---\|)+")
_INDENT = "    "

_FORMULA = r"\$(?![\s$])(?:\\[^\n]|[^$\\`\n])+(?<!\s)\$(?!\d)"
_SPACE = r"(?u:\s)"
"""As Python-Markdown has it, which doesn't keep to ASCII."""
_LABEL = rf"(?:[^\[\]\\$]|\\[^\n]|{_FORMULA})*"
_TOKEN = re.compile(
    r"\\(?P<escaped>[*_{}\[\]#$+!.)-])"
    r"|(?P<entity>&(?:lt|gt|amp|#\d{1,5});)"
    r"|`(?P<code>[\w. -]*\w)`(?!\{)"
    rf"|(?P<formula>{_FORMULA})"
    rf"|(?<!!)\[(?P<label>{_LABEL})\]\((?P<target>(?:[\w./:#%?=+~,;@!-]|&amp;)+)\)"
    r"(?:\{: rel=(?P<rel>prev|next) \})?(?!\{)"
    rf"|\*(?P<emphasis>(?!{_SPACE})(?:[^*\\$]|\\[^\n]|{_FORMULA})+)(?<!{_SPACE})\*(?![*\{{])"
    r"|(?P<other>[\\*_`\[\]{}<>&$|]|  \n|[\x00-\x08\x0b-\x1f])",
    re.ASCII,
)
_WORDS = r"[^\\*_`\[\]{}<>&$|\x00-\x1f]+"
_LINK = re.compile(rf"\[({_WORDS})\]\(((?:\.\./)+[\w./-]+)\)", re.ASCII)
_EMPHASIS = re.compile(rf"( *)\*(?!\s)({_WORDS})(?<!\s)\*")
"""What most lines of lists are, of which nothing else can be made."""
_NOT_RELATIVE = re.compile(r"^[/#?]|[:%#?]")
_PLAIN = re.compile(r"[^\\*_`\[\]{}<>&$|\x00-\x1f]*")


def html(text: str, page: str) -> str:
    """The HTML of a page's Markdown body; `page` is its path below docs/.

    Raises NotInDialect.
    """
    return _Page(page).html(text)


class _Page:
    """Renders one page: a line is looked at once, and tells what block begins there."""

    __slots__ = ("_below", "_detours", "_folder", "_name", "_place", "_root", "_up")

    def __init__(self, page: str) -> None:
        folder, _, self._name = page.rpartition("/")
        self._folder = f"../{folder.rpartition('/')[2]}.md"
        self._below = self._name.removesuffix(".md") + "/"
        parts = folder.split("/")
        self._detours = tuple(
            f"{'../' * count}{parts[-count]}/" for count in range(1, len(parts) + 1)
        )
        # A page's address ends one folder deeper than its file, but for an index.
        self._up = "" if self._name == "index.md" else "../"
        self._root = "](" + "../" * len(parts) if folder else "]()"
        self._place = (len(parts), parts[0], self._up)

    def html(self, text: str) -> str:
        """All blocks, which stand apart by blank lines."""
        return "\n".join(self._blocks(text.strip("\n").split("\n\n"))).rstrip("\n")

    def _blocks(self, blocks: list[str]) -> Iterator[str]:
        boxes = 0
        for block in blocks:
            if block.startswith("<div class="):
                found = _BOX.fullmatch(block)
                if not found or boxes:
                    raise NotInDialect(block)
                boxes += 1
                yield f'<div class="{found[1]}">'
            elif block == "</div>":
                boxes -= 1
                yield block
            else:
                yield self._block(block, inside=boxes > 0)
        if boxes:
            raise NotInDialect("a box that doesn't end")

    def _block(self, block: str, *, inside: bool) -> str:
        first = block[:1]
        if first == "#":
            return self._heading(block)
        if first == "-":
            return self._list(block.split("\n"))
        if first == "|":
            return self._table(block.split("\n"))
        if first == " " and inside:
            return _code(block)
        if first == "<" and not inside:
            return _raw(block)
        return self._paragraph(block)

    def _heading(self, line: str) -> str:
        found = _HEADING.fullmatch(line)
        if not found or "\n" in line:
            raise NotInDialect(line)
        level = len(found[1])
        classes = found[4].replace(" .", " ").strip()
        attributes = f' class="{classes}" id="{found[3]}"' if classes else f' id="{found[3]}"'
        return f"<h{level}{attributes}>{self._inline(found[2])}</h{level}>"

    def _paragraph(self, block: str) -> str:
        text, _, last = block.rpartition("\n")
        found = _ATTRIBUTES.fullmatch(last)
        if not found:
            return f"<p>{self._inline(_started(block))}</p>"
        return f'<p class="{found[1]}">{self._inline(_started(text))}</p>'

    def _list(self, lines: list[str]) -> str:
        """Items may go on in lines indented by two spaces, and hold lists indented by four."""
        made: list[str] = []
        depth = -1
        for line in lines:
            found = _ITEM.fullmatch(line)
            if found is None:
                if not line.startswith("  ") or line[2:3] in ("", " ", "-") or depth:
                    raise NotInDialect(line)
                made.append(f"\n{self._shared(line)}")
                continue
            new = len(found[1]) // len(_INDENT)
            if new > depth + 1:
                raise NotInDialect(line)
            if new > depth:
                made.append("<ul>\n<li>")
            else:
                made.append("</li>\n" + "</ul>\n</li>\n" * (depth - new) + "<li>")
            depth = new
            made.append(self._shared(found[2]))
        made.append("</li>\n</ul>" + "\n</li>\n</ul>" * depth)
        return "".join(made)

    def _shared(self, text: str) -> str:
        """A line of a list, which often stands on many pages: alike if its links go by the root."""
        if text.count("](") != text.count(self._root):
            return self._inline(_started(text))
        key = (self._place, text)
        made = _LINES.get(key)
        if made is None:
            if len(_LINES) >= _MOST_LINES:
                _LINES.clear()
            made = _LINES[key] = self._line(text)
        return made

    def _line(self, text: str) -> str:
        if link := _LINK.fullmatch(text):
            return f'<a href="{self._href(link[2])}">{link[1]}</a>'
        if emphasis := _EMPHASIS.fullmatch(text):
            return f"{emphasis[1]}<em>{emphasis[2]}</em>"
        return self._inline(_started(text))

    def _table(self, lines: list[str]) -> str:
        if len(lines) < 3 or not _RULE.fullmatch(lines[1]):
            raise NotInDialect(lines[0])
        head = self._row(lines[0], "th")
        columns = lines[1].count("|") - 1
        if lines[0].count("|") - 1 != columns:
            raise NotInDialect(lines[0])
        body = "".join(self._row(line, "td") for line in lines[2:])
        return f"<table>\n<thead>\n{head}</thead>\n<tbody>\n{body}</tbody>\n</table>"

    def _row(self, line: str, cell: str) -> str:
        found = _ROW.fullmatch(line)
        if not found or "\\" in line or "$" in line:
            raise NotInDialect(line)
        cells = (self._inline(each.strip(" ")) for each in found[1].split("|"))
        return "<tr>\n" + "".join(f"<{cell}>{each}</{cell}>\n" for each in cells) + "</tr>\n"

    def _inline(self, text: str) -> str:
        if _PLAIN.fullmatch(text):
            return text
        return _TOKEN.sub(self._token, text)

    def _token(self, found: re.Match[str]) -> str:
        kind = found.lastgroup
        if kind in ("escaped", "entity"):
            return found[kind]
        if kind == "code":
            return f"<code>{found['code']}</code>"
        if kind == "emphasis":
            return f"<em>{self._inline(found['emphasis'])}</em>"
        if kind == "formula":
            return _formula(found["formula"][1:-1])
        if kind == "other":
            raise NotInDialect(found[0])
        rel = f' rel="{found["rel"]}"' if kind == "rel" else ""
        if not found["label"]:
            raise NotInDialect(found[0])
        return f'<a href="{self._href(found["target"])}"{rel}>{self._inline(found["label"])}</a>'

    def _href(self, target: str) -> str:
        if target.startswith(("https://", "http://")):
            return target
        if _NOT_RELATIVE.search(target) or target.startswith(self._detours):
            raise NotInDialect(target)
        if target.endswith(".md"):
            return self._page(target)
        below = target.removeprefix(self._below)
        return below if below != target and self._up else self._up + target

    def _page(self, target: str) -> str:
        """The address of another page, the shortest way from this one's."""
        if target == self._name:
            return "./"
        if target == self._folder:
            return "../"
        stem = target.removesuffix(".md")
        if stem.startswith(self._below):
            return stem.removeprefix(self._below) + "/"
        if stem == "index" or stem.endswith("/index"):
            return self._up + stem.removesuffix("index") or "./"
        return f"{self._up}{stem}/"


_LINES: dict[tuple[tuple[int, str, str], str], str] = {}
_MOST_LINES = 16_384

_STARTS_BLOCK = re.compile(r"[-+=:~?%]|\d+[.)](?: |$)|    ")
_DEFINITION = "]:"
_INNER_LINE = re.compile(r"\n(?=[-+=:~#>|]|\d+[.)] |    |\{)")


def _started(text: str) -> str:
    """The text of a paragraph or item, if nothing in it begins another block."""
    if _DEFINITION in text or _STARTS_BLOCK.match(text) or _INNER_LINE.search(text):
        raise NotInDialect(text)
    return text


def _code(block: str) -> str:
    lines = block.split("\n")
    if not all(line.startswith(_INDENT) for line in lines) or "<" in block:
        raise NotInDialect(block)
    text = "\n".join(line.removeprefix(_INDENT) for line in lines).rstrip()
    return f"<pre><code>{escape(text, quote=False)}\n</code></pre>"


def _raw(block: str) -> str:
    if not block.startswith(_RAW):
        raise NotInDialect(block)
    return block + "\n"


def _formula(tex: str) -> str:
    typeset = mathml(tex)
    return (
        typeset if typeset is not None else f'<code class="tex">{escape(tex, quote=False)}</code>'
    )
