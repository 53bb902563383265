"""How the models of a family work, as its tab tells it: from how/<family>.md and the family's record."""

from pathlib import Path

from generative.families import Family

FOLDER = Path(__file__).parent / "how"
MATH = [{"left": "$$", "right": "$$", "display": True}, {"left": "$", "right": "$", "display": False}]


def how_it_works(family: Family) -> str:
    """Markdown with formulas between the delimiters of MATH."""
    text = (FOLDER / f"{family.id}.md").read_text(encoding="utf-8")
    return f"- **Good at**: {family.good_at}\n- **Bad at**: {family.limits}\n\n{text}"
