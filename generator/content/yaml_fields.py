"""Strict reading of YAML: the fields of one file, and the place of every problem.

Takes the bytes of a file; gives typed values, and a `Problem` for each that is wrong. Never stops
at the first problem. Knows nothing of papers or tags and does no I/O.

The implicit types of YAML 1.1 are ignored: `2401.10020` stays that string and `no` stays "no".
Anchors, aliases, tags and duplicate keys are refused, and whatever is larger than `core/limits.py`
says.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import yaml

from generator.core import limits
from generator.core.limits import Limit
from generator.core.model import Problem
from generator.text import look_alikes, markup

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVER: Any = yaml.resolver.Resolver()
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SPACE = re.compile(r"\s+")
_STRING = "tag:yaml.org,2002:str"
_NUMBER = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?|0o[0-7]+", re.ASCII)
# Only a text in which one of these finds a possible anchor, tag or deep nesting is searched for it.
_MAY_ANCHOR = re.compile(r"(?:^|[\s\[{,:?-])(?:[&*]\S|!)", re.MULTILINE)
_BLOCK_PREFIX = re.compile(r"^[ ?:-]{50,}", re.MULTILINE)
_UNUSUAL = re.compile("\r(?!\n)|[\x85\u2028\u2029\ufeff]")
"""Ends of lines, and marks at the start of one, that these patterns don't know but YAML does."""
_MANY_OPENERS = 1000
_MAX_HINTS = 50
_BEFORE_VALUES = ",\n:[{?-"
"""Each value of a YAML text but the first follows one of these, or an unusual end of line."""
# Parts of libyaml's messages, each with a hint; the first that fits is used.
_HINTS = {
    "mapping values are not allowed": "put a value that contains ': ' in double quotes",
    "cannot start any token": "indent with spaces, and put a value that starts with @, ` or % in "
    "double quotes",
    "single document": "keep one document per file: remove the line '---' inside it",
    "control characters": "remove the control character",
    "special characters": "remove the control character",
    "unknown escape": "double each backslash, or use single quotes",
    "invalid Unicode character escape": "write a code of a character, or double the backslash",
    "tab character": "indent with spaces",
    "quoted scalar": "close the quote",
    "flow sequence": "close the bracket, with commas between the entries",
    "flow mapping": "close the brace, with commas between the entries",
    "block mapping": "check the indentation, and put a value that contains quotes in quotes of "
    "the other kind",
    "block collection": "check the indentation of the entries",
}
_SYNTAX_HINT = "compare it with a file that works; double quotes around a value often help"
_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_PLAIN_CHARACTER = re.compile(r"\S")
_CHARACTER = {
    "'": re.compile(r"''|\S"),
    '"': re.compile(r"\\(?:[xuU](?P<hex>(?<=x)..|(?<=u).{4}|(?<=U).{8})|(?P<sign>[\s\S]))|\S"),
}
"""Matches one character that isn't white space, or an escape, by the scalar's style."""
_SPACE_SIGNS = frozenset(" \t\r\nntrvfNLP_")
_KINDS = {
    yaml.ScalarNode: "text",
    yaml.SequenceNode: "a list",
    yaml.MappingNode: "a mapping",
}


class YamlFields:
    """The keys and values of one mapping; `done()` reports the keys that nobody asked for.

    If a value is wrong, each method records a problem and gives an empty value, so one pass finds
    all problems of a file.
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
                report(key, "wrong-type", "a key must be text", "write it as 'key: value'")
            elif key.value in self._nodes:
                report(
                    key,
                    "duplicate-key",
                    f"'{_short(key.value)}' appears twice",
                    "keep one of the two",
                )
            else:
                self._nodes[key.value] = (key, value)

    def node_of(self, key: str) -> yaml.Node | None:
        """The node of a key's value; None if the key is missing."""
        self._known.append(key)
        found = self._nodes.get(key)
        return found[1] if found else None

    def text(self, key: str, limit: Limit = limits.TEXT, *, required: bool = False) -> str:
        """A text with white space collapsed; empty if missing."""
        return _SPACE.sub(" ", self._scalar(key, limit, required)).strip()

    def label(self, key: str, limit: Limit = limits.TEXT) -> str:
        """A required text that is shown, so it must have visible characters."""
        text = self.text(key, limit, required=True)
        cleaned = markup.clean(text)
        if text and not look_alikes.is_visible(cleaned):
            self._is_empty(key)
        return cleaned

    def prose(self, key: str, limit: Limit = limits.TEXT) -> str:
        """A text of several paragraphs, with its line breaks; empty if missing."""
        return self._scalar(key, limit, required=False).strip()

    def identifier(self, key: str) -> str:
        """A required text that must be in quotes if other YAML readers would read a number."""
        value = self.text(key, limits.ID, required=True)
        node = self._nodes[key][1] if key in self._nodes else None
        if isinstance(node, yaml.ScalarNode) and _is_ambiguous(node):
            self._report(
                node, "unquoted-id", f"{_short(value)} is not in quotes", f'write "{_short(value)}"'
            )
        return value

    def texts(
        self, key: str, limit: Limit = limits.ENTRIES, each: Limit = limits.TEXT
    ) -> tuple[str, ...]:
        """A list of texts; empty if it is missing or too long. `each` limits one of them."""
        node = self.node_of(key)
        if node is None or _is_blank(node):
            return ()
        if not isinstance(node, yaml.SequenceNode):
            message = f"'{key}' must be a list, not {kind(node)}"
            self._report(node, "wrong-type", message, f"write {key}: [first, second]")
            return ()
        if self._is_too_long(key, node, limit):
            return ()
        return tuple(value for item in node.value if (value := self._item(key, item, each)))

    def day(self, key: str, *, required: bool = False) -> date | None:
        """A day written as YYYY-MM-DD."""
        value = self.text(key, required=required)
        if not value:
            return None
        day = parse_day(value)
        if day is None:
            message = f"'{_short(value)}' is not a date"
            hint = "write it as YYYY-MM-DD, such as 2025-03-11"
            self._report(self._nodes[key][1], "bad-date", message, hint)
        return day

    def integer(self, key: str, least: int = 0) -> int | None:
        """A whole number, not less than `least`."""
        value = self.text(key)
        if not value:
            return None
        node = self._nodes[key][1]
        if value.isascii() and value.isdigit() and len(value) < 16:
            if int(value) >= least:
                return int(value)
            message = f"'{key}' is {int(value)}, less than {least}"
            self._report(node, "too-small", message, f"write {least} or more, or remove '{key}'")
            return None
        self._report(
            node,
            "wrong-type",
            f"'{key}' must be a whole number, not '{_short(value)}'",
            f"write it in digits, or remove '{key}'",
        )
        return None

    def url(self, key: str, *, required: bool = False) -> str:
        """An absolute http or https URL."""
        value = self.text(key, limits.URL, required=required)
        fault = url_fault(value) if value else None
        if fault is None:
            return value
        self._report(self._nodes[key][1], "bad-url", *fault)
        return ""

    def urls(self, key: str) -> tuple[tuple[str, str], ...]:
        """The URLs of a mapping by name, in the file's order; empty if missing."""
        fields = self.fields(key)
        if fields is None or self._is_too_long(key, fields.node, limits.LINKS):
            return ()
        return tuple((name, url) for name in fields.names() if (url := fields.url(name)))

    def fields(self, key: str, *, required: bool = False) -> YamlFields | None:
        """The fields of a nested mapping."""
        node = self.node_of(key)
        if node is None:
            if required:
                self._missing(key)
            return None
        return as_fields(node, self._report)

    def items(self, key: str, limit: Limit = limits.ENTRIES) -> Iterator[YamlFields]:
        """The mappings of a required list of mappings; none if there are too many."""
        node = self.node_of(key)
        if node is None:
            self._missing(key)
            return
        if not isinstance(node, yaml.SequenceNode):
            hint = f"write each entry of '{key}' after a dash"
            self._report(node, "wrong-type", f"'{key}' must be a list, not {kind(node)}", hint)
            return
        if self._is_too_long(key, node, limit):
            return
        for item in node.value:
            entry = as_fields(item, self._report)
            if entry is not None:
                yield entry

    def names(self) -> tuple[str, ...]:
        """All keys, in the file's order."""
        return tuple(self._nodes)

    def done(self, *, also: Iterable[str] = ()) -> None:
        """Report each key that nobody asked for."""
        known = [*self._known, *also]
        all_known = "the keys are " + ", ".join(sorted(set(known)))
        unknown = [(key, node) for key, (node, _) in self._nodes.items() if key not in known]
        for number, (key, node) in enumerate(unknown):
            # Of very many, looking for the closest would take long.
            hint = did_you_mean(key, known) if number < _MAX_HINTS else ""
            message = f"'{_short(key)}' is not a known key here"
            self._report(node, "unknown-key", message, hint or all_known)

    def _scalar(self, key: str, limit: Limit, required: bool) -> str:
        node = self.node_of(key)
        if node is None:
            if required:
                self._missing(key)
            return ""
        if not isinstance(node, yaml.ScalarNode):
            hint = f"write one text after '{key}:'"
            self._report(node, "wrong-type", f"'{key}' must be text, not {kind(node)}", hint)
            return ""
        value: str = "" if _is_blank(node) else node.value
        if len(value) > limit.most:
            self._report(node, "too-large", *too_large(f"'{_short(key)}'", len(value), limit))
            return ""
        if required and not value.strip():
            self._is_empty(key)
        return value

    def _is_too_long(self, key: str, node: yaml.CollectionNode, limit: Limit) -> bool:
        """Whether a list or mapping has too many entries; reports the first one too many."""
        count = len(node.value)
        if count <= limit.most:
            return False
        first = node.value[limit.most]
        place = first[0] if isinstance(first, tuple) else first
        self._report(place, "too-large", *too_large(f"'{key}'", count, limit))
        return True

    def _item(self, key: str, node: yaml.Node, limit: Limit) -> str:
        if not isinstance(node, yaml.ScalarNode):
            message = f"an entry of '{key}' must be text, not {kind(node)}"
            self._report(node, "wrong-type", message, "put it in double quotes")
            return ""
        if len(node.value) > limit.most:
            what = f"an entry of '{key}'"
            self._report(node, "too-large", *too_large(what, len(node.value), limit))
            return ""
        value = _SPACE.sub(" ", node.value).strip()
        if not value:
            self._report(node, "empty-value", f"an entry of '{key}' is empty", "remove it")
        return value

    def _is_empty(self, key: str) -> None:
        """Report that a required value is empty."""
        place = self._nodes[key][1] if key in self._nodes else self.node
        self._report(place, "empty-value", f"'{key}' is empty", f"fill in the {key}")

    def _missing(self, key: str) -> None:
        self._report(self.node, "missing-field", f"'{key}' is missing", f"add a line '{key}: …'")


def as_fields(node: yaml.Node, report: Callable[[Any, str, str, str], None]) -> YamlFields | None:
    """The fields of a mapping node; None, and a problem, if the node isn't a mapping."""
    if isinstance(node, yaml.MappingNode):
        return YamlFields(node, report)
    hint = "write lines of 'key: value'"
    report(node, "not-a-mapping", f"expected keys with values, found {kind(node)}", hint)
    return None


def read_fields(path: str, data: bytes, problems: list[Problem]) -> YamlFields | None:
    """The fields of one file's mapping; None if it can't be read. Appends to `problems`."""

    def report(place: Any, code: str, message: str, hint: str) -> None:
        mark = place.start_mark
        problems.append(Problem(path, mark.line + 1, mark.column + 1, code, message, hint))

    node = _compose(path, data, problems)
    return None if node is None else as_fields(node, report)


def locate(data: bytes, keys: Iterable[str | int], offset: int | None = None) -> tuple[int, int]:
    """Line and column, from 1, of the value at a path of keys and list positions.

    With an offset, it is the place of that character of the value as `YamlFields.text` gives it.
    If the path doesn't exist, it is the deepest place on it; (0, 0) if the text can't be read.
    """
    return places(data)(keys, offset)


def places(data: bytes) -> Callable[[Iterable[str | int], int | None], tuple[int, int]]:
    """A function that gives places as `locate` does, for many places of one text."""
    return partial(_locate, _compose("", data, []), data)


def _locate(
    node: yaml.Node | None, data: bytes, keys: Iterable[str | int], offset: int | None
) -> tuple[int, int]:
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
    """The kind of a node, for messages."""
    return _KINDS.get(type(node), "something else")


def parse_day(value: str) -> date | None:
    """The day written as YYYY-MM-DD; None for anything else."""
    if not _DATE.fullmatch(value) or not value.isascii():
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def too_large(what: str, size: int, limit: Limit) -> tuple[str, str]:
    """Message and hint for something that has `size` of what a limit counts."""
    return f"{what} has {size:,} {limit.unit}, more than {limit.words.split()[0]}", limit.way_out


def is_web_url(value: str) -> bool:
    """Whether a text is an absolute http(s) URL that may be shown as a link."""
    return len(value) <= limits.URL.most and url_fault(value) is None


def url_fault(value: str) -> tuple[str, str] | None:
    """Message and hint if a text is no absolute http(s) URL that may be shown as a link.

    It must have a host and no white space or brackets. A user name or a host of mixed alphabets
    makes people believe that it leads elsewhere.
    """
    host, has_user = _host(value)
    if not host:
        message = f"'{_short(value)}' is not a web URL"
        return message, "write the complete URL, starting with https://"
    if has_user:
        # Not the whole address, which may have a password, and logs are public.
        message = f"the address of {_short(host)} has a user name before the host"
        return message, "remove what precedes the @, and the @"
    if word := look_alikes.mixed_word(host):
        message = f"'{_short(word)}' in '{_short(value)}' mixes letters of several alphabets"
        return message, "copy the address from the site itself"
    return None


def _host(value: str) -> tuple[str, bool]:
    """The host of an absolute http(s) URL, and whether a user name precedes it; empty if none."""
    if not value.lower().startswith(("http://", "https://")):
        return "", False
    if not value.isprintable() or any(char in ' <>"`{}|\\^' for char in value):
        return "", False
    try:
        parts = urlsplit(value)
        # Reading the port raises an error if it isn't a number.
        return (parts.hostname or "", "@" in parts.netloc) if parts.port != 0 else ("", False)
    except ValueError:
        return "", False


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the closest known word, empty where none is close.

    A known word of four letters or more is close if one letter is added, left out or changed.
    """
    if len(word) > limits.KEY.most:
        return ""  # comparing it would take long
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
            Problem(path, line, column, "not-utf8", "this is not UTF-8", "save the file as UTF-8")
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
            Problem(path, 1, 1, "empty-file", "the file has no values", "fill it in or delete it")
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
    message = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    details = f"{getattr(error, 'context', '')} {message} {error}"
    hint = next((hint for part, hint in _HINTS.items() if part in details), _SYNTAX_HINT)
    return Problem(path, line, column, "yaml-syntax", message.splitlines()[0], hint)


def _refused(path: str, text: str) -> Problem | None:
    """A problem for the first anchor, alias, tag, value too many or too deep nesting.

    It is found without composing nodes, which would follow aliases, take memory for each value,
    and overflow the stack on deep nesting.
    """
    if not _is_suspicious(text):
        return None
    depth = values = 0
    for event in yaml.parse(text, Loader=_Loader):
        code = message = hint = ""
        if getattr(event, "anchor", None):
            code, message = "yaml-anchor", "an anchor (&) or alias (*) is used"
            hint = "write the value out, or put it in double quotes"
        elif getattr(event, "tag", None):
            code, message = "yaml-tag", "a tag (!) is used, which nothing here reads"
            hint = "remove it, or put the value in double quotes"
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > limits.YAML_LEVELS.most:
                code, message = "yaml-syntax", "this is nested too deeply"
                hint = limits.YAML_LEVELS.way_out
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.ScalarEvent):
            values += 1
            if values > limits.YAML_VALUES.most:
                code, message = "too-large", f"the file has more than {limits.YAML_VALUES.words}"
                hint = limits.YAML_VALUES.way_out
        if code:
            mark: Any = event.start_mark
            return Problem(path, mark.line + 1, mark.column + 1, code, message, hint)
    return None


def _is_suspicious(text: str) -> bool:
    """Whether a text may hold something that `_refused` refuses: most texts can't."""
    if text.count("[") + text.count("{") >= _MANY_OPENERS or _UNUSUAL.search(text):
        return True
    if _MAY_ANCHOR.search(text) or _BLOCK_PREFIX.search(text):
        return True
    is_long = len(text) > limits.YAML_VALUES.most
    return is_long and sum(map(text.count, _BEFORE_VALUES)) >= limits.YAML_VALUES.most


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
    """Line and column, from 1, of a character of a scalar, by its offset in the collapsed value.

    Quoting and folding change only the number of white space characters, so only the other
    characters are counted. The end of the value is the place after the last one.
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
    """Start and end in the text of each character of a scalar that isn't white space."""
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
    """Whether a value is empty or YAML's null."""
    return (
        isinstance(node, yaml.ScalarNode)
        and not node.style
        and node.value in ("", "~", "null", "Null", "NULL")
    )


def _short(value: str) -> str:
    return value if len(value) <= 60 else value[:59] + "…"
