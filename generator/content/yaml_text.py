"""Values to YAML text as people write it here: lists of texts on one line, paragraphs as blocks.

Takes plain values, gives text. Knows nothing of papers or lists and does no I/O.
"""

from __future__ import annotations

from typing import Any

import yaml


class Quoted(str):
    """A text always written in double quotes."""


class Flow(tuple[str, ...]):
    """A list written on one line, in brackets."""


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    def ignore_aliases(self, _data: Any) -> bool:
        """Write every value out, also a date that stands in two places."""
        return True


def dump(mapping: dict[str, Any]) -> str:
    """The YAML text of a mapping, its keys in their order."""
    text: str = yaml.dump(
        mapping, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1 << 30
    )
    return text


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
