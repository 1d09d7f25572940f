"""An archive of 280 invented papers, large enough to look at in a browser: lists of two years, a
tree of tags, people's taggings, authors with pages, a saved query.

What the generator promises is shown on it, never on the repository's own `content/`, which belongs
to whoever runs the archive. Papers look like those of a real list: see `benchmarks/synthetic.py`.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from msgspec.structs import replace

from benchmarks.synthetic import SOURCE, Writer
from generator.core.model import Content, DailyList, Paper, Tagging
from tests.archives import saved, tag, whole

SITE_URL = "https://example.org/paper-archive/"
LENGTHS = {
    date(2025, 3, 11): 70,
    date(2025, 12, 30): 20,
    **{date(2026, 8, day): 19 for day in (3, 4, 5, 6, 7, 10, 11, 12, 13, 14)},
}
"""How many papers the list of a day has."""

TAGS = (
    tag("methods"),
    tag("agents", parent="methods", aliases=("AI agents",), match=("agent", "agents")),
    tag("tool-use", parent="agents", match=("tool use", "function calling")),
    tag("language-models", parent="methods", aliases=("LLMs",), match=("language model",)),
    tag("machine-translation", parent="language-models", match=("language pairs",)),
    tag("tokenization", parent="language-models", match=("tokenizer",)),
    tag("long-context", aliases=("long contexts",), match=("long context", "128K tokens")),
    tag("reasoning", parent="methods", match=("reasoning", "natural language proofs")),
    tag("reinforcement-learning", parent="methods", aliases=("RL",), match=("policy gradient",)),
    tag("rlhf", "Learning from preferences", aliases=("RLHF",), match=("human feedback",)),
    tag("diffusion-models", parent="methods", match=("diffusion model", "diffusion")),
    tag("video-generation", parent="diffusion-models", match=("video generation",)),
    tag("video-understanding", match=("video question", "spoken language in videos")),
    tag("robotics", match=("robot", "manipulation")),
    tag("vla", "Vision-language-action models", parent="robotics", match=("language-action",)),
    tag("evaluation"),
    tag("benchmarks", parent="evaluation", match=("benchmark",)),
    tag("surveys", parent="evaluation", aliases=("reviews",), match=("a survey",)),
    tag("safety", aliases=("safe-ai",), former=("safe-ai",), match=("jailbreak", "red teaming")),
    tag("speech", match=("speech", "spoken language")),
    tag("unused"),
)


@cache
def archive() -> Content:
    """The archive, the same each time."""
    writer = Writer(TAGS, seed=0)
    lists = tuple(
        DailyList(day, SOURCE, tuple(_with_summary(writer.paper(day), n) for n in range(length)))
        for day, length in LENGTHS.items()
    )
    tagged = [each.papers[1].id for each in lists[-2:]]
    return whole(
        *lists,
        tags=TAGS,
        taggings=[
            Tagging(tagged[0], tags=("agents",), remove=("surveys",)),
            Tagging(tagged[1], tags=("agents", "Tool use")),
            Tagging(tagged[1], tags=("safe-ai",), part="safety"),
        ],
        queries=[saved("agent-benchmarks", "tag:agents OR tag:benchmarks")],
        title="Archive of examples",
        site_url=SITE_URL,
        repository="https://github.com/example/paper-archive",
    )


def _with_summary(paper: Paper, number: int) -> Paper:
    """The paper with the first sentence of its abstract as its summary; every tenth has both."""
    first, end, _ = paper.abstract.partition(". ")
    return replace(
        paper, summary=first + end.strip(), abstract="" if number % 10 else paper.abstract
    )
