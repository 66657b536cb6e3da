"""The pages stay short: a fact that moves in has to push a repetition out."""

import re

from tests.docs.documents import DOCUMENTS, ROOT

# Written by the code, and held to it: their length is the number of states.
WRITTEN_BY_THE_CODE = {"docs/state-machine.md", "docs/what-if.md"}
MOST_WORDS = 17_000
NOT_PROSE = (
    r"^```.*?^```",  # what is run or shown
    r"<!-- measured: begin -->.*?<!-- measured: end -->",  # written by make measure
    r"^#.*?$",  # headings, which the alarms and the reasons decide
)


def words_of_prose(text: str) -> int:
    """Count words in sentences, lists and tables; a word has a letter or a digit."""
    for pattern in NOT_PROSE:
        text = re.sub(pattern, "", text, flags=re.DOTALL | re.MULTILINE)
    return sum(bool(re.search(r"\w", word)) for word in text.split())


def test_what_is_counted_is_prose() -> None:
    text = "# A heading\n| a cell | 1 |\n|---|---|\n```sh\nmake demo\n```\nTwo words.\n"
    assert words_of_prose(text) == 5


def test_all_pages_together_are_short() -> None:
    pages = [page for page in DOCUMENTS if str(page.relative_to(ROOT)) not in WRITTEN_BY_THE_CODE]
    assert len(pages) == len(DOCUMENTS) - len(WRITTEN_BY_THE_CODE)
    total = sum(words_of_prose(page.read_text(encoding="utf-8")) for page in pages)
    assert total <= MOST_WORDS
