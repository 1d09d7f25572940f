r"""The extension of Python-Markdown that typesets formulas; `mkdocs.yml` lists it.

The build renders most pages without Python-Markdown, which is slow to load, so no other module
imports this one.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any, Final

from markdown import Markdown as Renderer
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

from generator.text.mathml import mathml

# Dollars as pandoc reads them. Code spans are placeholders in \2…\3 when this is tried.
_INLINE: Final = r"(?<!\\)\$(?![\s$])((?:\\[^\n\x02\x03]|[^$\\`\n\x02\x03])+)(?<!\s)\$(?!\d)"


class _Formula(InlineProcessor):
    def handleMatch(  # type: ignore[override]  # noqa: N802 (Python-Markdown's name)
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002
    ) -> tuple[ET.Element | str, int, int]:
        typeset = mathml(m[1])
        if typeset is not None:
            return self.md.htmlStash.store(typeset), m.start(0), m.end(0)
        code = ET.Element("code", {"class": "tex"})
        code.text = AtomicString(m[1])
        return code, m.start(0), m.end(0)


class MathExtension(Extension):
    r"""Shows `$tex$` as MathML, `\$` as a dollar, and TeX that can't be typeset as `code.tex`."""

    def extendMarkdown(self, md: Renderer) -> None:
        md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, "$"]
        # A paragraph that is one formula would lose its `<p>` if `math` counted as a block.
        if "math" in md.block_level_elements:
            md.block_level_elements.remove("math")
        # After code spans (190), before backslash escapes (180).
        md.inlinePatterns.register(_Formula(_INLINE, md), "generator-math", 185)


def makeExtension(**kwargs: Any) -> MathExtension:  # noqa: N802 (Python-Markdown's name)
    """The extension; Python-Markdown looks for a function of this name."""
    return MathExtension(**kwargs)
