r"""The Markdown that our own templates write, rendered as HTML faster than by Python-Markdown.

Takes the body of a generated page, gives the HTML that MkDocs would give, byte for byte. The
templates write a small dialect: headings with an id, paragraphs, lists, calendars as tables, boxes
(`<div class="…" markdown>`), code blocks in boxes, raw HTML; within a line links, emphasis,
`$formulas$`, escapes and entities. Anything else raises `NotInDialect`, and the caller falls back
to Python-Markdown. Does no I/O.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from generator.text.mathml import mathml


class NotInDialect(ValueError):  # noqa: N818 - not an error: the caller falls back
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
"""Unicode's white space, as in Python-Markdown, although the pattern is in ASCII mode."""
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
"""Most lines of lists are one link or one emphasis as a whole; these have no other reading."""
_NOT_RELATIVE = re.compile(r"^[/#?]|[:%#?]")
_PLAIN = re.compile(r"[^\\*_`\[\]{}<>&$|\x00-\x1f]*")


def html(text: str, page: str) -> str:
    """Render a page's Markdown body as HTML; `page` is its path below docs/.

    Raises NotInDialect.
    """
    return _Page(page).html(text)


class _Page:
    """Renders one page, block by block; the first character of a block decides its kind."""

    __slots__ = ("_below", "_cache_key", "_detours", "_name", "_parent_page", "_root", "_up")

    def __init__(self, page: str) -> None:
        folder, _, self._name = page.rpartition("/")
        self._parent_page = f"../{folder.rpartition('/')[2]}.md"
        self._below = self._name.removesuffix(".md") + "/"
        parts = folder.split("/")
        # Links that leave a folder and enter it again, which MkDocs would shorten.
        self._detours = tuple(
            f"{'../' * count}{parts[-count]}/" for count in range(1, len(parts) + 1)
        )
        # The URL of a page is one folder deeper than its file, except for an index.
        self._up = "" if self._name == "index.md" else "../"
        self._root = "](" + "../" * len(parts) if folder else "]()"
        self._cache_key = (len(parts), parts[0], self._up)

    def html(self, text: str) -> str:
        """All blocks of the text, which blank lines separate."""
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
            raise NotInDialect("a box that isn't closed")

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
            return f"<p>{self._inline(_single_block(block))}</p>"
        return f'<p class="{found[1]}">{self._inline(_single_block(text))}</p>'

    def _list(self, lines: list[str]) -> str:
        """Items can continue in lines indented by two spaces, and hold lists indented by four."""
        made: list[str] = []
        depth = -1
        for line in lines:
            found = _ITEM.fullmatch(line)
            if found is None:
                if not line.startswith("  ") or line[2:3] in ("", " ", "-") or depth:
                    raise NotInDialect(line)
                made.append(f"\n{self._list_line(line)}")
                continue
            new = len(found[1]) // len(_INDENT)
            if new > depth + 1:
                raise NotInDialect(line)
            if new > depth:
                made.append("<ul>\n<li>")
            else:
                made.append("</li>\n" + "</ul>\n</li>\n" * (depth - new) + "<li>")
            depth = new
            made.append(self._list_line(found[2]))
        made.append("</li>\n</ul>" + "\n</li>\n</ul>" * depth)
        return "".join(made)

    def _list_line(self, text: str) -> str:
        """A line of a list; cached if its links all start at the root, as on many pages."""
        if text.count("](") != text.count(self._root):
            return self._inline(_single_block(text))
        key = (self._cache_key, text)
        made = _LINE_CACHE.get(key)
        if made is None:
            if len(_LINE_CACHE) >= _MAX_CACHED_LINES:
                _LINE_CACHE.clear()
            made = _LINE_CACHE[key] = self._line(text)
        return made

    def _line(self, text: str) -> str:
        if link := _LINK.fullmatch(text):
            return f'<a href="{self._href(link[2])}">{link[1]}</a>'
        if emphasis := _EMPHASIS.fullmatch(text):
            return f"{emphasis[1]}<em>{emphasis[2]}</em>"
        return self._inline(_single_block(text))

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
            return self._page_url(target)
        below = target.removeprefix(self._below)
        return below if below != target and self._up else self._up + target

    def _page_url(self, target: str) -> str:
        """The shortest relative URL of another page."""
        if target == self._name:
            return "./"
        if target == self._parent_page:
            return "../"
        stem = target.removesuffix(".md")
        if stem.startswith(self._below):
            return stem.removeprefix(self._below) + "/"
        if stem == "index" or stem.endswith("/index"):
            return self._up + stem.removesuffix("index") or "./"
        return f"{self._up}{stem}/"


_LINE_CACHE: dict[tuple[tuple[int, str, str], str], str] = {}
_MAX_CACHED_LINES = 16_384

_STARTS_BLOCK = re.compile(r"[-+=:~?%]|\d+[.)](?: |$)|    ")
_LINK_DEFINITION = "]:"
_STARTS_BLOCK_WITHIN = re.compile(r"\n(?=[-+=:~#>|]|\d+[.)] |    |\{)")


def _single_block(text: str) -> str:
    """The text of a paragraph or item; raises NotInDialect if a line may begin another block."""
    if _LINK_DEFINITION in text or _STARTS_BLOCK.match(text) or _STARTS_BLOCK_WITHIN.search(text):
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
