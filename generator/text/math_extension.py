r"""The Markdown extension that typesets formulas, for whom renders with Python-Markdown.

`mkdocs.yml` names it as the extension `generator.formulas`. Pages that the build makes itself don't
need it, so it is loaded by nothing else: Python-Markdown takes a while.
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

# The dollars of pandoc. Code spans are placeholders in \2…\3 by the time this is tried.
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
    r"""Shows `$tex$` as MathML, `\$` as a dollar, and what can't be typeset as `code.tex`."""

    def extendMarkdown(self, md: Renderer) -> None:
        md.ESCAPED_CHARS = [*md.ESCAPED_CHARS, "$"]
        # A paragraph that is one formula would lose its `<p>` if `math` counted as a block.
        if "math" in md.block_level_elements:
            md.block_level_elements.remove("math")
        # After code spans (190), before backslash escapes (180).
        md.inlinePatterns.register(_Formula(_INLINE, md), "generator-math", 185)


def makeExtension(**kwargs: Any) -> MathExtension:  # noqa: N802 (Python-Markdown's name)
    """The extension, as Python-Markdown asks a module for it."""
    return MathExtension(**kwargs)
