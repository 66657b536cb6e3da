"""What examples/fargate/template.yaml says, and that the image fits to it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from rotation.rules.tasks import SecretReference
from tests.examples.processes import FARGATE
from tests.packaging.cloudformation import Template, of_type, properties, references, statements

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:snowflake/svc-pipeline-AbCdEf"
DOCKERFILE = (FARGATE / "Dockerfile").read_text(encoding="utf-8")
REQUIREMENTS = (FARGATE / "requirements.txt").read_text(encoding="utf-8")
TESTS_OWN = FARGATE.parents[1] / "requirements" / "dev.txt"


@pytest.fixture
def container(template: Template) -> dict[str, Any]:
    (found,) = properties(template, "TaskDefinition")["ContainerDefinitions"]
    return dict(found)


def test_the_task_gets_three_fields_of_awscurrent(container: dict[str, Any]) -> None:
    found = {one["Name"]: one["ValueFrom"]["Fn::Sub"] for one in container["Secrets"]}
    assert found == {
        "SNOWFLAKE_ACCOUNT": "${SecretArn}:account::",
        "SNOWFLAKE_USER": "${SecretArn}:user::",
        "SNOWFLAKE_PRIVATE_KEY": "${SecretArn}:privateKey::",
    }


def test_the_stack_takes_it_for_a_consumer_of_the_secret(container: dict[str, Any]) -> None:
    for one in container["Secrets"]:
        value_from = one["ValueFrom"]["Fn::Sub"].replace("${SecretArn}", ARN)
        reference = SecretReference.read(value_from)
        assert reference is not None
        assert reference.secret_arn == ARN
        assert reference.follows_current


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        (ARN, True),
        (ARN.replace("arn:aws:", "arn:aws-us-gov:"), True),
        (ARN.replace("snowflake/svc-pipeline", "a_b+c=d.e@f"), True),
        (ARN.removesuffix("-AbCdEf"), False),
        (ARN + ":privateKey::", False),
        (ARN[:-1], False),
        ("snowflake/svc-pipeline-AbCdEf", False),
        (ARN.replace("secretsmanager", "ssm"), False),
        (ARN.replace("123456789012", "12345678901"), False),
    ],
)
def test_only_a_whole_arn_is_taken(template: Template, given: str, taken: bool) -> None:  # noqa: FBT001
    pattern = template["Parameters"]["SecretArn"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, given)) is taken


def test_it_runs_on_fargate_with_a_platform_that_knows_json_keys(template: Template) -> None:
    service, task = properties(template, "Service"), properties(template, "TaskDefinition")
    assert service["PlatformVersion"] in {"1.4.0", "LATEST"}
    assert service["LaunchType"] == "FARGATE"
    assert task["RequiresCompatibilities"] == ["FARGATE"]
    assert task["NetworkMode"] == "awsvpc"
    # only services that ECS itself deploys are rolled
    assert "DeploymentController" not in service


def test_a_deployment_keeps_all_tasks_and_gives_up_when_the_new_ones_fail(
    template: Template,
) -> None:
    assert properties(template, "Service")["DeploymentConfiguration"] == {
        "MinimumHealthyPercent": 100,
        "MaximumPercent": 200,
        "DeploymentCircuitBreaker": {"Enable": True, "Rollback": True},
    }


def test_the_container_may_do_little(container: dict[str, Any]) -> None:
    assert container["ReadonlyRootFilesystem"] is True
    assert container["User"].split(":")[0] not in {"0", "root"}
    assert container["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
    assert "Privileged" not in container
    assert 2 <= container["StopTimeout"] <= 120


def test_the_execution_role_reads_this_secret_only(template: Template) -> None:
    (policy,) = properties(template, "ExecutionRole")["Policies"]
    found = statements(policy["PolicyDocument"])
    assert found.keys() == {"ReadTheSecret", "DecryptTheSecret"}
    assert found["ReadTheSecret"] == {
        "Sid": "ReadTheSecret",
        "Effect": "Allow",
        "Action": "secretsmanager:GetSecretValue",
        "Resource": {"Ref": "SecretArn"},
    }
    decrypt = found["DecryptTheSecret"]
    assert (decrypt["Action"], decrypt["Resource"]) == ("kms:Decrypt", {"Ref": "KmsKeyArn"})
    context = decrypt["Condition"]["StringEquals"]["kms:EncryptionContext:SecretARN"]
    assert context == {"Ref": "SecretArn"}


def test_the_task_role_may_do_nothing(template: Template) -> None:
    assert properties(template, "TaskRole").keys() == {"AssumeRolePolicyDocument"}


def test_both_roles_are_for_tasks_of_this_account(template: Template) -> None:
    for role in of_type(template, "AWS::IAM::Role").values():
        (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        condition = trust["Condition"]["StringEquals"]["aws:SourceAccount"]
        assert condition == {"Ref": "AWS::AccountId"}


def test_nothing_is_referred_to_that_is_not_there(template: Template) -> None:
    known = template["Resources"].keys() | template["Parameters"].keys()
    known |= template["Conditions"].keys()
    used = references(template["Resources"]) | references(template["Outputs"])
    assert {name for name in used if not name.startswith("AWS::")} <= known
    assert template["Parameters"].keys() <= used


class TestTheImage:
    def test_its_user_owns_the_one_place_that_the_task_writes_to(
        self, template: Template, container: dict[str, Any]
    ) -> None:
        (mount,) = container["MountPoints"]
        (volume,) = properties(template, "TaskDefinition")["Volumes"]
        folder = mount["ContainerPath"]
        (health_file,) = (
            one["Value"] for one in container["Environment"] if one["Name"] == "HEALTH_FILE"
        )
        user, group = container["User"].split(":")
        assert mount["SourceVolume"] == volume["Name"]
        assert health_file == f"{folder}/logged-in"
        assert container["HealthCheck"]["Command"] == ["CMD", "test", "-f", health_file]
        assert f"\nUSER {container['User']}\n" in DOCKERFILE
        assert f"install -d -o {user} -g {group} {folder}\n" in DOCKERFILE
        assert f'\nVOLUME ["{folder}"]\n' in DOCKERFILE

    def test_it_holds_files_that_are_here_and_pins_its_base_by_tag(self) -> None:
        copied = re.findall(r"^COPY ((?!--from)[^/]+?) /?\S+$", DOCKERFILE, re.MULTILINE)
        names = [name for line in copied for name in line.split()]
        assert sorted(names) == ["long_lived.py", "requirements.txt", "task.py"]
        assert all((FARGATE / name).exists() for name in names)
        bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
        assert set(bases) == {"python:3.13-slim"}

    def test_every_package_has_hashes_and_no_file_names_a_registry(self) -> None:
        assert "--require-hashes" in DOCKERFILE
        packages = re.split(r"^(?=[a-z])", REQUIREMENTS, flags=re.MULTILINE)[1:]
        assert len(packages) >= 10
        assert all("--hash=sha256:" in one for one in packages)
        for path in FARGATE.iterdir():
            if path.is_file():
                assert not re.search(r"index-url|find-links|pypi\.", path.read_text()), path

    def test_its_packages_are_those_that_the_tests_run_with(self) -> None:
        pattern = re.compile(r"^[a-z0-9-]+==\S+", re.MULTILINE)
        assert set(pattern.findall(REQUIREMENTS)) <= set(pattern.findall(TESTS_OWN.read_text()))
