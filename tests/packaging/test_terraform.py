"""setup/terraform says the same as setup/snowflake/service_user.sql.

Terraform can't run here. The files are parsed with python-hcl2 and the script with the sandbox's
parser, and compared. What Terraform makes of the files is not tested.
"""

from __future__ import annotations

import re

import pytest

from sandbox.snowflake.objects import Kind
from sandbox.snowflake.sql.setup_statements import (
    CreateObject,
    SetAuthenticationPolicy,
    SetNetworkPolicy,
)
from sandbox.snowflake.sql.statements import AlterUser
from tests.packaging.setup_facts import SETUP, Script
from tests.packaging.terraform_facts import Configuration


@pytest.fixture(scope="module")
def script() -> Script:
    return Script()


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return Configuration()


def test_terraform_leaves_rotated_keys_alone(configuration: Configuration) -> None:
    (lifecycle,) = configuration.resources["snowflake_service_user", "service"]["lifecycle"]
    assert set(lifecycle["ignore_changes"]) == {"rsa_public_key", "rsa_public_key_2"}
    assert lifecycle["prevent_destroy"] is True


def test_the_script_cannot_reset_a_key(script: Script) -> None:
    users = [s for s in script.statements if isinstance(s, CreateObject | AlterUser)]
    created = [s for s in users if isinstance(s, CreateObject) and s.target.kind is Kind.USER]
    assert [s.if_not_exists for s in created] == [True]
    altered = [change for s in users if isinstance(s, AlterUser) for change in s.changes]
    assert {type(change) for change in altered} == {SetNetworkPolicy, SetAuthenticationPolicy}


def test_both_create_grant_and_attach_the_same(
    script: Script, configuration: Configuration
) -> None:
    assert len(script.facts) == 13
    assert set(configuration.facts) == set(script.facts)


def test_both_use_the_same_roles_but_for_the_owner_of_the_user(
    script: Script, configuration: Configuration
) -> None:
    different = {
        text.split(" | ")[0]: (script.facts[text], configuration.facts[text])
        for text in script.facts
        if script.facts[text] != configuration.facts[text]
    }
    assert different == {
        "create": ("USERADMIN", "SECURITYADMIN"),
        "grant": ("USERADMIN", "SECURITYADMIN"),
    }


def test_versions_stay_within_a_major_version(configuration: Configuration) -> None:
    (terraform,) = configuration.blocks["terraform"]
    (providers,) = terraform["required_providers"]
    assert providers["snowflake"]["source"] == "snowflakedb/snowflake"
    for version in (terraform["required_version"], providers["snowflake"]["version"]):
        assert re.fullmatch(r"~> \d+\.\d+", version)


@pytest.mark.parametrize("kind", ["variable", "output"])
def test_each_variable_and_output_is_described(configuration: Configuration, kind: str) -> None:
    for block in configuration.blocks[kind]:
        for name, arguments in block.items():
            assert len(arguments["description"]) > 20, name


def test_no_reference_leads_nowhere(configuration: Configuration) -> None:
    text = "".join(p.read_text(encoding="utf-8") for p in (SETUP / "terraform").glob("*.tf"))
    declared = {name for block in configuration.blocks["variable"] for name in block}
    assert set(re.findall(r"var\.(\w+)", text)) == declared
    for resource, name in re.findall(r"(?<!\")\b(snowflake_\w+)\.(\w+)\b", text):
        assert (resource, name) in configuration.resources
