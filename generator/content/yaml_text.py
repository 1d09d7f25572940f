"""YAML text in the style of people: short lists on one line, paragraphs as blocks.

Takes plain values, gives text. Knows nothing of papers or lists and does no I/O.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

_PLAIN = re.compile(r"[^\W_](?:[\w .+/()'&-]*[\w.+)])?")
"""Text that needs no quotes anywhere in YAML."""
_COMMENT = re.compile(r"^\s*#.*$|(?<=\s)#.*$", re.MULTILINE)


class Quoted(str):
    """A text always written in double quotes."""


class Flow(tuple[str, ...]):
    """A list written on one line, in brackets."""


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    def ignore_aliases(self, _data: Any) -> bool:
        """Write every value in full, even a date that occurs twice."""
        return True


def dump(mapping: dict[str, Any]) -> str:
    """The YAML text of a mapping, its keys in their order."""
    text: str = yaml.dump(
        mapping, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1 << 30
    )
    return text


def scalar(text: str) -> str:
    """A text of one line as a YAML scalar, in double quotes if it needs them."""
    return text if _PLAIN.fullmatch(text) else '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    return char if char.isprintable() else f"\\U{ord(char):08x}"


def comments(text: str) -> list[str]:
    """The comments of a YAML text, and whatever looks like one within its values."""
    return [comment.strip() for comment in _COMMENT.findall(text)]


def _represent_text(dumper: Any, text: str) -> Any:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_quoted(dumper: Any, text: Quoted) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')


def _represent_flow(dumper: Any, items: Flow) -> Any:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(Quoted, _represent_quoted)
_Dumper.add_representer(Flow, _represent_flow)
