"""The pages stay short: a fact that moves in has to push a repetition out."""

from tests.docs.documents import DOCUMENTS, ROOT

MOST_WORDS = 17_000
NOT_OF_THE_PROJECT = {"build", "mutants"}  # see .gitignore; other such folders begin with a dot


def words(text: str) -> int:
    """Count what stands between blanks and has a letter or a digit: code and tables as well."""
    return sum(any(map(str.isalnum, word)) for word in text.split())


def test_code_headings_and_tables_count_and_marks_do_not() -> None:
    text = "# A heading\n| a cell | 1 |\n|---|---|\n```sh\nmake demo\n```\n- Two words.\n"
    assert words(text) == 10


def test_every_page_is_counted() -> None:
    folders = [
        path
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.startswith(".") and path.name not in NOT_OF_THE_PROJECT
    ]
    pages = {*ROOT.glob("*.md"), *(page for folder in folders for page in folder.rglob("*.md"))}
    assert pages == set(DOCUMENTS)


def test_all_pages_together_are_short() -> None:
    assert sum(words(page.read_text(encoding="utf-8")) for page in DOCUMENTS) <= MOST_WORDS
