"""samconfig.toml and the workflows fit the template."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped,unused-ignore]

from tests.packaging.cloudformation import Template, broken_rules

ENVIRONMENTS = ["dev", "staging", "prod"]
PINNED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}")


def deployment(repository: Path, environment: str) -> dict[str, Any]:
    text = (repository / "samconfig.toml").read_text(encoding="utf-8")
    found: dict[str, Any] = tomllib.loads(text)[environment]["deploy"]["parameters"]
    return found


def workflow(repository: Path, name: str) -> dict[str, Any]:
    text = (repository / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8")
    # YAML 1.1 reads the key `on` as True.
    found: dict[str, Any] = yaml.safe_load(text.replace("\non:\n", '\n"on":\n'))
    return found


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environments_parameters_are_ones_the_template_takes(
    template: Template, repository: Path, environment: str
) -> None:
    given = dict(
        override.split("=", 1)
        for override in deployment(repository, environment)["parameter_overrides"]
    )
    parameters = template["Parameters"]
    assert {name for name, p in parameters.items() if "Default" not in p} <= given.keys()
    for name, value in given.items():
        assert re.fullmatch(parameters[name].get("AllowedPattern", ".*"), value), name
        assert value in map(str, parameters[name].get("AllowedValues", [value])), name
    assert broken_rules(template, given) == set()
    assert "AlarmEmail" not in given, "an address of somebody who did not ask for it"


def test_environments_are_stacks_of_their_own_and_none_allows_everything(repository: Path) -> None:
    found = {name: deployment(repository, name) for name in ENVIRONMENTS}
    assert len({one["stack_name"] for one in found.values()}) == 3
    for one in found.values():
        assert one["capabilities"] == "CAPABILITY_IAM"
        assert not {"AllowedSnowflakeAccounts=*", "AllowedUsers=*"} & set(
            one["parameter_overrides"]
        )


def test_a_person_confirms_what_changes_in_production(repository: Path) -> None:
    assert deployment(repository, "prod")["confirm_changeset"] is True
    assert deployment(repository, "default")["confirm_changeset"] is True


@pytest.mark.parametrize("name", ["check", "deploy"])
def test_actions_of_others_are_pinned_to_a_commit(repository: Path, name: str) -> None:
    steps = [s for job in workflow(repository, name)["jobs"].values() for s in job.get("steps", ())]
    used = [step["uses"] for step in steps if "uses" in step]
    assert used
    assert not [action for action in used if not PINNED.fullmatch(action)]


@pytest.mark.parametrize("name", ["check", "deploy"])
def test_a_workflow_may_read_the_code_and_nothing_more_unless_a_job_says_so(
    repository: Path, name: str
) -> None:
    found = workflow(repository, name)
    assert found["permissions"] == {"contents": "read"}
    jobs = {key: job["permissions"] for key, job in found["jobs"].items() if "permissions" in job}
    wanted = {"deploy": {"deploy": {"contents": "read", "id-token": "write"}}}.get(name, {})
    assert jobs == wanted


def test_the_deployment_has_no_long_lived_keys_and_comes_after_the_checks(
    repository: Path,
) -> None:
    text = (repository / ".github" / "workflows" / "deploy.yml").read_text(encoding="utf-8")
    job = workflow(repository, "deploy")["jobs"]["deploy"]
    assert not re.search(r"secrets\.|access-key", text)
    assert "role-to-assume" in text
    assert job["needs"] == "check"
    names = [step.get("run", step.get("uses", "")) for step in job["steps"]]
    (assumed,) = (i for i, name in enumerate(names) if "configure-aws-credentials" in name)
    (built,) = (i for i, name in enumerate(names) if "sam build" in name)
    assert built < assumed == len(names) - 2


def test_a_chosen_environment_is_one_of_samconfig(repository: Path) -> None:
    chosen = workflow(repository, "deploy")["on"]["workflow_dispatch"]["inputs"]["environment"]
    assert chosen["options"] == ENVIRONMENTS


def test_no_expression_is_pasted_into_a_shell_command(repository: Path) -> None:
    for name in ("check", "deploy"):
        for job in workflow(repository, name)["jobs"].values():
            runs = [step["run"] for step in job.get("steps", ()) if "run" in step]
            assert not [run for run in runs if "${{" in run]
