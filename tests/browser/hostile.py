"""An archive whose every text was written by an attacker, or by nature at its worst."""

import json
from pathlib import Path
from typing import Any

# Each way to run something calls `alert`, so that a dialog gives it away.
ATTACK = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    "<svg onload=alert(3)> \"><b onmouseover='alert(4)'>bold</b> & &lt;i&gt; "
    '[press](javascript:alert(5)) ![x](x"onerror=alert(6)) <javascript:alert(7)> '
    "`code` **strong** | cell {: onclick=alert(8) } {% raw %} <!-- comment"
)
SHORT = "\"'><script>alert(9)</script>"
TEMPLATE = "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>"
# The order of text turned round, zero-width characters, and what XML and terminals choke on.
CONTROL = "abc\u202edef\u2066ghi\u2069 z\u200bw \x07\x1b[31mred\x00 \x85 \ufffe end"
LINKED = r"$\href{javascript:alert(10)}{x}$ and $\url{javascript:alert(11)} + x^2$"
WORD = "Donaudampfschifffahrts" * 8
TAG_WORD = "Donaudampfschifffahrts" * 6
"""The name of a tag may not have more characters."""
PARTS = [
    f"{ATTACK[start : start + 120]} {number}"
    for number, start in enumerate(range(0, len(ATTACK), 60))
]
"""The attack in pieces that the name of a tag may have, each way to run something whole in one."""
FORMULA = "$" + " + ".join(f"x_{{{n}}}^{{{n}}}" for n in range(60)) + "$"

CODE_URL = "https://example.org/?'onclick='alert(13)'&quot;)**[x](y)$x$_a_!&lt;&#34;"

TITLE = f"Zzyzx {ATTACK}"
PAPER = "2501.00001"
WORD_PAPER = "2501.00005"
FORMULA_PAPER = "2501.00006"
AUTHOR = f"Mallory {SHORT}"


def write(content: Path) -> None:
    """Write the archive to a folder."""
    files: dict[str, Any] = {
        "archive.yaml": {
            "title": f"Archive {ATTACK} {CONTROL}",
            "description": f"Description {ATTACK} {TEMPLATE} {CONTROL}",
            "site_url": "https://example.org/hostile/site/",
            "id": "example.org,2025",
            "repository": "https://github.com/example/paper-archive",
            "maintainers": f"Maintainers {ATTACK} {CONTROL}",
            "author_min_papers": "2",
        },
        "daily/2025/2025-01-02.yaml": _daily("2025-01-02", _papers()),
        "daily/2025/2025-01-03.yaml": _daily("2025-01-03", _papers()[:3]),
        "tags/parent.yaml": {
            "name": f"Parent {SHORT}",
            "description": f"Parents {ATTACK}",
            "aliases": [*(f"alias {part}" for part in PARTS), f"{TAG_WORD}s"],
        },
        "tags/child.yaml": {
            "name": f"Child {TEMPLATE} {SHORT}",
            "description": f"Children {TEMPLATE} {CONTROL} {FORMULA}",
            "parent": "parent",
            "match": ["zzyzx"],
        },
        "tags/long.yaml": {
            "name": TAG_WORD,
            "description": WORD,
            "aliases": ["before-long"],
            "former": ["before-long"],
            "match": [SHORT, "paper"],
        },
        f"tagging/2501/{PAPER}.yaml": {"tags": ["parent", "long"]},
    }
    for name, value in files.items():
        path = content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), "utf-8")  # JSON is YAML


def _daily(day: str, papers: list[dict[str, Any]]) -> dict[str, Any]:
    source = {
        "name": f"Source {ATTACK} {CONTROL}",
        "url": "https://example.org/)'onclick=alert(12)](javascript:alert(12))",
        "curators": [f"Curator {ATTACK} {CONTROL}", WORD],
    }
    return {"date": day, "source": source, "papers": papers}


def _papers() -> list[dict[str, Any]]:
    return [
        {
            "id": PAPER,
            "title": TITLE,
            "authors": [
                AUTHOR,
                WORD,
                f"Eve {CONTROL}",
                *(f"Author {number}" for number in range(80)),
            ],
            "summary": f"Summary {ATTACK} {TEMPLATE}",
            "abstract": f"Abstract {ATTACK}\n\n    {SHORT}\n\n# {LINKED}\n\n> {CONTROL}",
            "links": {
                "code": CODE_URL,
                SHORT: "https://example.org/javascript:alert(14)",
            },
            "keywords": [f"keyword {ATTACK}", f"keyword {CONTROL}", WORD],
            "upvotes": "123456789",
        },
        {"id": "2501.00002", "title": f"Template {TEMPLATE} paper", "authors": [AUTHOR]},
        {"id": "2501.00003", "title": f"Control {CONTROL} paper", "abstract": CONTROL},
        {"id": "2501.00004", "title": f"Linked {LINKED} paper", "abstract": LINKED},
        {
            "id": WORD_PAPER,
            "title": WORD,
            "authors": [WORD],
            "summary": WORD,
            "abstract": f"{FORMULA} {WORD}",
            "keywords": [WORD],
        },
        {"id": FORMULA_PAPER, "title": f"Formula {FORMULA} paper", "summary": FORMULA},
        {"id": f"doi:10.1000/{WORD}", "title": "A paper with a long DOI"},
    ]
