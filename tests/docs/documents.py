"""What the tests of this folder read: headings, anchors and tables of the project's documents."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "SECURITY", "CHANGELOG")]
DOCUMENTS += [*sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "setup").rglob("*.md"))]
DOCUMENTS += sorted((ROOT / "examples").rglob("*.md"))
DOCUMENTS += sorted((ROOT / "findings").rglob("*.md"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def headings(text: str) -> list[str]:
    """Return the headings outside code blocks, without their marks."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"^#+ (.+)$", prose, re.MULTILINE)


def anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading: small letters, hyphens, no punctuation."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def under(text: str, heading: str) -> str:
    """Return what stands under a heading, up to the next one of any level."""
    (body,) = re.findall(
        rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", text, re.DOTALL | re.MULTILINE
    )
    return str(body)


def rows(text: str) -> Iterator[list[str]]:
    """Return the cells of each row of the tables in a text, without headings and rules."""
    for table in re.findall(r"^\|.*?(?=^[^|]|\Z)", text, re.DOTALL | re.MULTILINE):
        for line in table.strip().splitlines()[2:]:
            yield [cell.strip() for cell in line.strip().strip("|").split("|")]


def marked(text: str) -> list[str]:
    """Return what stands between backticks."""
    return re.findall(r"`([^`]+)`", text)
