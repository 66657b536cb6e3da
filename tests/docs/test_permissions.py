"""docs/permissions.md says of every permission what needs it: of each one, and of no other."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.docs.documents import ROOT, marked, rows, under
from tests.packaging.cloudformation import load, of_type, properties, statements

DOCUMENT = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
TEMPLATE = load((ROOT / "template.yaml").read_text(encoding="utf-8"))
SCRIPT = (ROOT / "setup" / "snowflake" / "service_user.sql").read_text(encoding="utf-8")
# heading -> the logical ids whose statements stand in its table
SECTIONS = {
    "RotationRole": ["RotationRole"],
    "RetirementRole": ["RetirementRole"],
    "SecretsManagerPermission": ["SecretsManagerPermission"],
    "PromotionRulePermission": ["PromotionRulePermission"],
    "ConsumerReadPolicy": ["ConsumerReadPolicy"],
    "AlarmTopicKey and AlarmTopicPolicy": ["AlarmTopicKey", "AlarmTopicPolicy"],
}
# What every function's role has stands once.
SHARED = "Both roles"
ROLES = ("RotationRole", "RetirementRole")
POLICIES = ("PolicyDocument", "KeyPolicy")
Permission = tuple[str, str]


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def in_template(name: str) -> Iterator[Permission]:
    """Return a resource's permissions: statement and action."""
    found = properties(TEMPLATE, name)
    if trust := found.get("AssumeRolePolicyDocument"):
        for statement in trust["Statement"]:
            yield "AssumeRolePolicyDocument", statement["Action"]
    if "Principal" in found:
        yield name, found["Action"]
    inline: list[dict[str, Any]] = found.get("Policies", [])
    documents = [one["PolicyDocument"] for one in inline]
    documents += [found[key] for key in POLICIES if key in found]
    for document in documents:
        for sid, statement in statements(document).items():
            yield from ((sid, action) for action in as_list(statement["Action"]))


def in_document(heading: str) -> list[Permission]:
    return [
        (sid, action)
        for statement, actions, *_ in rows(under(DOCUMENT, heading))
        for sid in marked(statement)
        for action in marked(actions)
    ]


def grants_of_the_script() -> set[str]:
    code = "\n".join(line for line in SCRIPT.splitlines() if not line.startswith("--"))
    return {" ".join(one.split()) for one in re.findall(r"^GRANT [^;]+", code, re.MULTILINE)}


@pytest.mark.parametrize("heading", SECTIONS)
def test_the_table_has_the_templates_actions_and_no_other(heading: str) -> None:
    documented = in_document(heading) + (in_document(SHARED) if heading in ROLES else [])
    assert set(documented) == {one for name in SECTIONS[heading] for one in in_template(name)}
    assert len(documented) == len(set(documented))


def test_every_resource_that_permits_something_has_a_table() -> None:
    kinds = ("Role", "ManagedPolicy", "Policy")
    permitting = {name for kind in kinds for name in of_type(TEMPLATE, f"AWS::IAM::{kind}")}
    for kind in ("AWS::KMS::Key", "AWS::SNS::TopicPolicy", "AWS::Lambda::Permission"):
        permitting |= of_type(TEMPLATE, kind).keys()
    permitting |= of_type(TEMPLATE, "AWS::SecretsManager::ResourcePolicy").keys()
    assert permitting == {name for names in SECTIONS.values() for name in names}
    assert of_type(TEMPLATE, "AWS::IAM::Role").keys() == set(ROLES)


def test_what_the_functions_are_said_not_to_have_they_have_not() -> None:
    roles = of_type(TEMPLATE, "AWS::IAM::Role")
    granted = {action for role in roles for _, action in in_template(role)}
    text = under(DOCUMENT, "What the functions are not granted, and why")
    in_full = {one for one in marked(text) if ":" in one}
    short = {one for one in marked(text) if re.fullmatch(r"([A-Z][a-z]+){2,}", one)}
    denied = in_full | {f"secretsmanager:{one}" for one in short}
    assert len(denied) >= 10
    assert not denied & granted
    assert not [action for action in granted if action.startswith("iam:")]


def test_the_table_has_the_scripts_grants_and_no_other() -> None:
    table = rows(under(DOCUMENT, "Snowflake: what the script grants"))
    assert {marked(grant)[0] for grant, *_ in table} == grants_of_the_script()


def test_the_code_that_is_named_stands_in_the_file_that_is_named() -> None:
    found = re.findall(r"\]\(\.\./([\w/.]+)\)((?: and)? `[^`]+`(?: and `[^`]+`)?)", DOCUMENT)
    assert len(found) > 20
    for name, codes in found:
        text = (ROOT / name).read_text(encoding="utf-8")
        for code in marked(codes):
            assert code in text, (name, code)
