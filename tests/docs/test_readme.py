"""The README is short, in its order, and what it shows is what is there."""

import json
import re

from rotation.keys import credential
from rotation.keys.form import AWS_FORM
from rotation.rules.words import Sensitive
from tests.docs.documents import README, ROOT, blocks, headings, under
from tests.packaging.cloudformation import load
from tests.shared import keys

MOST_WORDS = 1100
MOST_WORDS_OF_THE_PROOF = 60
SECTIONS = [
    "Snowflake key rotation",
    "See it",
    "How it works",
    "Deploy",
    "The secret",
    "The proof",
    "Limits",
    "Why this",
    "Pages",
]
# What make demo prints last, on a page of its own.
DEMO = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")


def test_it_is_short() -> None:
    assert len(README.split()) <= MOST_WORDS
    assert len(under(README, "The proof").split()) <= MOST_WORDS_OF_THE_PROOF


def test_its_sections_are_in_order() -> None:
    assert headings(README) == SECTIONS


def test_it_begins_with_two_sentences_and_the_picture() -> None:
    text, picture = under(README, SECTIONS[0]).strip().split("\n\n")
    assert len(re.findall(r"\.(?= |$)", text)) == 2
    assert re.fullmatch(r"!\[.+\]\(docs/demo\.svg\)", picture)


def test_it_shows_the_two_commands_of_a_newcomer_first() -> None:
    assert blocks(README, "sh")[0] == "make demo\nmake test\n"


def test_a_limit_is_one_line_that_begins_and_ends_as_a_sentence() -> None:
    for line in re.findall(r"^- (.+)", under(README, "Limits"), re.MULTILINE):
        assert line.endswith("."), line
        assert len(line.split()) <= 25, line


def test_its_table_leads_to_every_page() -> None:
    pages = {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")}
    assert pages <= set(re.findall(r"\]\(([^)#]+)\)", under(README, "Pages")))


def test_the_parameters_it_names_are_the_templates() -> None:
    parameters = load((ROOT / "template.yaml").read_text(encoding="utf-8"))["Parameters"]
    named = set(re.findall(r"`((?:[A-Z][a-z]+){2,})`", README))
    named |= set(re.findall(r"--parameter-overrides '?(\w+)=", README))
    assert {"ConsumerClusters", "SecretName", "Architecture"} <= named
    assert named <= parameters.keys()


def test_its_secret_is_one_that_the_function_reads() -> None:
    example = json.loads(blocks(README, "json")[0])
    assert set(example) == {"account", "user", "privateKey", "publicKey", "passphrase"}
    real = json.loads(keys.secret_text("current")) | {
        "account": example["account"],
        "user": example["user"],
    }
    assert credential.read(Sensitive(json.dumps(real)), AWS_FORM).user == example["user"]


def test_its_grants_are_what_the_function_needs() -> None:
    (sql,) = blocks(README, "sql")
    assert "GRANT MODIFY PROGRAMMATIC AUTHENTICATION METHODS ON USER" in sql
    assert "OWNERSHIP" not in sql
    assert "ACCOUNTADMIN" not in sql


def test_the_demos_page_shows_what_the_demo_prints() -> None:
    shown = blocks(DEMO, "text")[0]
    last_line = shown.splitlines()[-1]
    assert re.fullmatch(r"demo: 3 rotations, \d+ logins of 9 tasks, 0 failed", last_line)
    for step in ("createSecret", "setSecret killed", "finishSecret", "1 h later: kept"):
        assert step in shown
