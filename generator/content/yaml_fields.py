"""YAML text as fields with places: reads strictly, without guessing types, and says where.

Takes the text of one file, gives typed values and a `Problem` for each that is wrong; never
stops at the first. Knows nothing of papers or tags and does no I/O.

YAML 1.1's implicit types are not read: `2401.10020` stays that string and `no` stays "no".
Anchors, aliases and duplicate keys are refused.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import yaml

from generator.core.model import Problem
from generator.text import markup

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER: Any = yaml.resolver.Resolver()
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SPACE = re.compile(r"\s+")
_STRING = "tag:yaml.org,2002:str"
_NUMBER = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?|0o[0-7]+", re.ASCII)
_DEEPEST = 50
# What may be an anchor, or nested deeply enough to matter: then the text is read once more.
_MAY_ANCHOR = re.compile(r"(?:^|[\s\[{,:-])[&*]\S", re.MULTILINE)
_BLOCK_PREFIX = re.compile(r"^[ ?:-]{50,}", re.MULTILINE)
_MANY_OPENERS = 1000
# What libyaml says, and the way out; the first that fits.
_HINTS = {
    "mapping values are not allowed": "put a value that holds ': ' in double quotes",
    "cannot start any token": "indent with spaces, and put a value that starts with @, ` or % in "
    "double quotes",
    "single document": "keep one document in a file: no line with only '---' inside it",
    "control characters": "remove the control character",
    "special characters": "remove the control character",
    "unknown escape": "write each backslash twice, or use single quotes",
    "quoted scalar": "close the quote",
    "flow sequence": "close the bracket, with commas between the entries",
    "flow mapping": "close the brace, with commas between the entries",
    "block mapping": "check the indentation, and put a value with quotes in it in quotes of the "
    "other kind",
    "block collection": "check the indentation of the entries",
}
_SYNTAX_HINT = "compare with a file that works; double quotes around a text often help"
_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_PLAIN_CHARACTER = re.compile(r"\S")
_CHARACTER = {
    "'": re.compile(r"''|\S"),
    '"': re.compile(r"\\(?:[xuU](?P<hex>(?<=x)..|(?<=u).{4}|(?<=U).{8})|(?P<sign>[\s\S]))|\S"),
}
"""What stands for one character that isn't white space, or for an escape, by a scalar's style."""
_SPACE_SIGNS = frozenset(" \t\r\nntrvfNLP_")
_KINDS = {
    yaml.ScalarNode: "a text",
    yaml.SequenceNode: "a list",
    yaml.MappingNode: "a mapping",
}


class YamlFields:
    """The keys and values of one mapping, taken one by one; `done()` reports what is left.

    Every method records a problem and gives an empty value where the value is wrong, so that
    one reading finds all problems of a file.
    """

    __slots__ = ("_known", "_nodes", "_report", "node")

    def __init__(
        self, node: yaml.MappingNode, report: Callable[[Any, str, str, str], None]
    ) -> None:
        self.node = node
        self._report = report
        self._nodes: dict[str, tuple[yaml.ScalarNode, yaml.Node]] = {}
        self._known: list[str] = []
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                report(key, "wrong-type", "a key must be a text", "write it as 'key: value'")
            elif key.value in self._nodes:
                report(
                    key,
                    "duplicate-key",
                    f"'{_short(key.value)}' stands twice",
                    "keep one of the two",
                )
            else:
                self._nodes[key.value] = (key, value)

    def node_of(self, key: str) -> yaml.Node | None:
        """The node of a key's value, None where the key is missing."""
        self._known.append(key)
        found = self._nodes.get(key)
        return found[1] if found else None

    def text(self, key: str, *, required: bool = False) -> str:
        """A text with white space collapsed; empty where missing."""
        return _SPACE.sub(" ", self._scalar(key, required)).strip()

    def label(self, key: str) -> str:
        """A text that is shown as it is and must show something."""
        text = self.text(key, required=True)
        cleaned = markup.clean(text)
        if text and not cleaned:
            self._is_empty(key)
        return cleaned

    def prose(self, key: str) -> str:
        """A text of several paragraphs, its line breaks kept; empty where missing."""
        return self._scalar(key, required=False).strip()

    def identifier(self, key: str) -> str:
        """A text that must be quoted where other YAML readers would see a number."""
        value = self.text(key, required=True)
        node = self._nodes[key][1] if key in self._nodes else None
        if isinstance(node, yaml.ScalarNode) and _is_ambiguous(node):
            self._report(
                node, "unquoted-id", f"{_short(value)} is not in quotes", f'write "{_short(value)}"'
            )
        return value

    def texts(self, key: str, most: int | None = None) -> tuple[str, ...]:
        """A list of texts; empty where missing, or where it has more than it may."""
        node = self.node_of(key)
        if node is None or _is_blank(node):
            return ()
        if not isinstance(node, yaml.SequenceNode):
            self._report(
                node, "wrong-type", f"'{key}' must be a list, not {kind(node)}", f"write {key}: […]"
            )
            return ()
        if most is not None and len(node.value) > most:
            message = f"'{key}' has {len(node.value)} entries, more than {most}"
            self._report(node.value[most], "too-large", message, "take some out")
            return ()
        return tuple(value for item in node.value if (value := self._item(key, item)))

    def day(self, key: str, *, required: bool = False) -> date | None:
        """A day written YYYY-MM-DD."""
        value = self.text(key, required=required)
        if not value:
            return None
        day = parse_day(value)
        if day is None:
            node = self._nodes[key][1]
            self._report(
                node, "bad-date", f"'{_short(value)}' is not a day", "write it as 2025-03-11"
            )
        return day

    def integer(self, key: str) -> int | None:
        """A whole number, not negative."""
        value = self.text(key)
        if not value:
            return None
        if value.isascii() and value.isdigit() and len(value) < 16:
            return int(value)
        node = self._nodes[key][1]
        self._report(
            node,
            "wrong-type",
            f"'{key}' must be a whole number, not '{_short(value)}'",
            f"write it in digits, or leave '{key}' out",
        )
        return None

    def url(self, key: str, *, required: bool = False) -> str:
        """An absolute http or https URL."""
        value = self.text(key, required=required)
        if not value or is_web_url(value):
            return value
        self._report(
            self._nodes[key][1],
            "bad-url",
            f"'{_short(value)}' is not a web address",
            "write the whole address, from https://",
        )
        return ""

    def urls(self, key: str) -> tuple[tuple[str, str], ...]:
        """The web addresses of a mapping by name, in its order; empty where missing."""
        read = self.fields(key)
        if read is None:
            return ()
        return tuple((name, url) for name in read.names() if (url := read.url(name)))

    def fields(self, key: str, *, required: bool = False) -> YamlFields | None:
        """A mapping within the mapping."""
        node = self.node_of(key)
        if node is None:
            if required:
                self._missing(key)
            return None
        return as_fields(node, self._report)

    def items(self, key: str) -> Iterator[YamlFields]:
        """The mappings of a list of mappings; the key must be there."""
        node = self.node_of(key)
        if node is None:
            self._missing(key)
            return
        if not isinstance(node, yaml.SequenceNode):
            hint = f"write each entry of '{key}' behind a dash"
            self._report(node, "wrong-type", f"'{key}' must be a list, not {kind(node)}", hint)
            return
        for item in node.value:
            entry = as_fields(item, self._report)
            if entry is not None:
                yield entry

    def names(self) -> tuple[str, ...]:
        """All keys in the file's order."""
        return tuple(self._nodes)

    def done(self, *, also: Iterable[str] = ()) -> None:
        """Report each key that nobody asked for."""
        known = [*self._known, *also]
        for key, (node, _value) in self._nodes.items():
            if key not in known:
                self._report(
                    node,
                    "unknown-key",
                    f"'{_short(key)}' is not a key here",
                    did_you_mean(key, known) or "keys are " + ", ".join(sorted(set(known))),
                )

    def _scalar(self, key: str, required: bool) -> str:
        node = self.node_of(key)
        if node is None:
            if required:
                self._missing(key)
            return ""
        if not isinstance(node, yaml.ScalarNode):
            hint = f"write one text behind '{key}:'"
            self._report(node, "wrong-type", f"'{key}' must be a text, not {kind(node)}", hint)
            return ""
        value: str = "" if _is_blank(node) else node.value
        if required and not value.strip():
            self._is_empty(key)
        return value

    def _item(self, key: str, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            message = f"an entry of '{key}' must be a text, not {kind(node)}"
            self._report(node, "wrong-type", message, "put it in double quotes")
            return ""
        value = _SPACE.sub(" ", node.value).strip()
        if not value:
            self._report(node, "empty-value", f"an entry of '{key}' is empty", "remove it")
        return value

    def _is_empty(self, key: str) -> None:
        """Report that a value that must say something doesn't."""
        place = self._nodes[key][1] if key in self._nodes else self.node
        self._report(place, "empty-value", f"'{key}' is empty", f"give the {key}")

    def _missing(self, key: str) -> None:
        self._report(self.node, "missing-field", f"'{key}' is missing", f"add a line '{key}: …'")


def as_fields(node: yaml.Node, report: Callable[[Any, str, str, str], None]) -> YamlFields | None:
    """The fields of a mapping node; None, with a problem, where it isn't one."""
    if isinstance(node, yaml.MappingNode):
        return YamlFields(node, report)
    hint = "write lines of 'key: value'"
    report(node, "not-a-mapping", f"expected keys with values, found {kind(node)}", hint)
    return None


def read_fields(path: str, data: bytes, problems: list[Problem]) -> YamlFields | None:
    """The fields of one file's mapping; problems found go to the list.

    Returns None where there is nothing to read on with.
    """

    def report(place: Any, code: str, message: str, hint: str) -> None:
        mark = place.start_mark
        problems.append(Problem(path, mark.line + 1, mark.column + 1, code, message, hint))

    node = _compose(path, data, problems)
    return None if node is None else as_fields(node, report)


def locate(data: bytes, keys: Iterable[str | int], offset: int | None = None) -> tuple[int, int]:
    """Line and column, from 1, of the value at a path of keys and list positions.

    With an offset, of that character of the value as `Fields.text` gives it. Gives the deepest
    place that is there; (0, 0) where the text can't be read at all.
    """
    node = _compose("", data, [])
    if node is None:
        return 0, 0
    for key in keys:
        child = _child(node, key)
        if child is None:
            break
        node = child
    if offset is not None and isinstance(node, yaml.ScalarNode):
        return _within(data.decode("utf-8-sig"), node, offset)
    return node.start_mark.line + 1, node.start_mark.column + 1


def kind(node: yaml.Node) -> str:
    """What a node is, in plain words."""
    return _KINDS.get(type(node), "something else")


def parse_day(value: str) -> date | None:
    """The day written as YYYY-MM-DD, None for anything else."""
    if not _DATE.fullmatch(value) or not value.isascii():
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def is_web_url(value: str) -> bool:
    """Whether a text is an absolute http(s) URL with a host and no white space or brackets."""
    if not value.lower().startswith(("http://", "https://")):
        return False
    if not value.isprintable() or any(char in ' <>"`{}|\\^' for char in value):
        return False
    try:
        return bool(urlsplit(value).hostname)
    except ValueError:
        return False


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the closest known word, empty where none is close.

    A known word of four letters or more is close if one letter is added, left out or changed.
    """
    words = sorted(set(known))
    found = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    # difflib compares runs of letters, and finds too few where they repeat: 'bba' for 'baba'.
    found = found or [each for each in words if len(each) >= 4 and _is_one_edit_away(word, each)]
    return f"did you mean '{found[0]}'?" if found else ""


def _is_one_edit_away(word: str, other: str) -> bool:
    """Whether adding, leaving out or changing one letter turns one word into the other."""
    if abs(len(word) - len(other)) > 1:
        return False
    differing = (at for at, (one, two) in enumerate(zip(word, other, strict=False)) if one != two)
    same = next(differing, min(len(word), len(other)))
    edits = ((1, 0), (0, 1), (1, 1))
    return any(word[same + skip :] == other[same + more :] for skip, more in edits)


def _compose(path: str, data: bytes, problems: list[Problem]) -> yaml.Node | None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        problems.append(
            Problem(path, line, column, "not-utf8", "not UTF-8 text", "save the file as UTF-8")
        )
        return None
    try:
        refused = _refused(path, text)
        if refused:
            problems.append(refused)
            return None
        node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        problems.append(_syntax_problem(path, text, error))
        return None
    if node is None or _is_blank(node):
        problems.append(
            Problem(path, 1, 1, "empty-file", "the file holds nothing", "fill it or remove it")
        )
        return None
    return node


def _syntax_problem(path: str, text: str, error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        line, column = mark.line + 1, mark.column + 1
    else:
        position = min(getattr(error, "position", 0), len(text))
        line = text.count("\n", 0, position) + 1
        column = position - (text.rfind("\n", 0, position) + 1) + 1
    said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    doing = f"{getattr(error, 'context', '')} {said} {error}"
    hint = next((way for sign, way in _HINTS.items() if sign in doing), _SYNTAX_HINT)
    return Problem(path, line, column, "yaml-syntax", said.splitlines()[0], hint)


def _refused(path: str, text: str) -> Problem | None:
    """The first anchor, alias or too deep nesting, found without building anything from it.

    Composing would follow aliases, and its recursion overflows the stack on deep nesting.
    """
    openers = text.count("[") + text.count("{")
    if openers < _MANY_OPENERS and not _MAY_ANCHOR.search(text) and not _BLOCK_PREFIX.search(text):
        return None
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        code = message = hint = ""
        if getattr(event, "anchor", None):
            code, message = "yaml-anchor", "an anchor (&) or alias (*) is used"
            hint = "write the value out, or put it in double quotes"
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                code, message = "yaml-syntax", "nested too deeply"
                hint = "no file here needs more than a few levels"
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if code:
            mark: Any = event.start_mark
            return Problem(path, mark.line + 1, mark.column + 1, code, message, hint)
    return None


def _child(node: yaml.Node, key: str | int) -> yaml.Node | None:
    if isinstance(key, int):
        if isinstance(node, yaml.SequenceNode) and key < len(node.value):
            child: yaml.Node = node.value[key]
            return child
        return None
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == key), None)
    return None


def _within(text: str, node: yaml.ScalarNode, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of a character of a scalar, by its place in the collapsed value.

    However the scalar is quoted or folded, white space is all that differs in number: so it goes by
    the characters that are none. The end of the text is the place behind the last one.
    """
    before = len("".join(_SPACE.sub(" ", node.value).strip()[:offset].split()))
    places = list(islice(_characters(text, node), before + 1))
    start = node.start_mark.index
    if places:
        start = places[before][0] if before < len(places) else places[-1][1]
    lines = _BREAK.split(text[node.start_mark.index : start])
    column = len(lines[-1]) + (node.start_mark.column if len(lines) == 1 else 0)
    return node.start_mark.line + len(lines), column + 1


def _characters(text: str, node: yaml.ScalarNode) -> Iterator[tuple[int, int]]:
    """Where each character of a scalar that isn't white space begins and ends in the text."""
    start, end = node.start_mark.index, node.end_mark.index
    if node.style in ("|", ">"):
        start = text.find("\n", start, end) + 1 or end
    elif node.style:
        start, end = start + 1, end - 1
    for found in _CHARACTER.get(node.style, _PLAIN_CHARACTER).finditer(text, start, end):
        if not _is_escaped_space(found.groupdict()):
            yield found.span()


def _is_escaped_space(escape: Mapping[str, str | None]) -> bool:
    code, sign = escape.get("hex"), escape.get("sign")
    return chr(int(code, 16)).isspace() if code else sign in _SPACE_SIGNS


def _is_ambiguous(node: yaml.ScalarNode) -> bool:
    if node.style:
        return False
    return bool(_NUMBER.fullmatch(node.value)) or bool(
        _RESOLVER.resolve(yaml.ScalarNode, node.value, (True, False)) != _STRING
    )


def _is_blank(node: yaml.Node) -> bool:
    """Whether nothing is written there, or YAML's null."""
    return (
        isinstance(node, yaml.ScalarNode)
        and not node.style
        and node.value in ("", "~", "null", "Null", "NULL")
    )


def _short(value: str) -> str:
    return value if len(value) <= 60 else value[:59] + "…"
