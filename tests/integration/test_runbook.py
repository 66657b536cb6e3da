"""The procedures of docs/runbook.md, followed step by step on the sandbox."""

import base64
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest

from sandbox.aws.json.failures import AwsFailure
from sandbox.aws.secrets_manager import AfterPromotion, SecretsManagerServer
from sandbox.snowflake import LOCKED_USER, Kind, missing_privilege
from sandbox.stack import USER, Stack
from tests.integration import aws_command
from tests.integration.observed import edit_secret
from tests.integration.runbook import Operator, section
from tests.integration.setup_world import World
from tests.shared import keys
from tests.shared.warm_function import warm_stack

pytestmark = [
    # The connector of the administrator's own session warns about its defaults.
    pytest.mark.filterwarnings(
        "ignore:enable_server_session_keep_alive_auto_detection was not set:FutureWarning"
    ),
    pytest.mark.skipif(
        not all(map(shutil.which, ("bash", "jq", "openssl"))),
        reason="an operator has bash, jq and openssl",
    ),
]


@pytest.fixture
def form() -> AfterPromotion:
    """What AWS does with AWSPENDING."""
    return AfterPromotion.STAYS


@pytest.fixture
def operator(tmp_path: Path, form: AfterPromotion) -> Iterator[Operator]:
    """A secret that can be rotated: its key in the first slot, as setup/snowflake leaves it."""
    with warm_stack(aws=SecretsManagerServer(after_promotion=form)) as stack:
        world = World(stack)
        world.rotatable()
        with aws_command.installed(tmp_path, stack):
            yield Operator(world, tmp_path)


def labels(stack: Stack) -> dict[str, str]:
    """Return the version that holds each label."""
    answer = stack.aws.client().describe_secret(SecretId=stack.secret_arn)
    return {s: v for v, stages in answer["VersionIdsToStages"].items() for s in stages}


def rotation_enabled(stack: Stack) -> bool:
    return stack.aws.client().describe_secret(SecretId=stack.secret_arn)["RotationEnabled"]


class TestIsAnybodyLockedOut:
    def test_no_while_the_current_key_is_in_a_slot(self, operator: Operator) -> None:
        assert not operator.is_anybody_locked_out()
        operator.stack.rotate()
        assert not operator.is_anybody_locked_out()

    def test_yes_when_it_is_in_none_and_putting_it_back_ends_it(self, operator: Operator) -> None:
        operator.stack.user.unset_key(1)
        assert operator.is_anybody_locked_out()
        assert operator.stack.rotate().steps[-1].error_type == "CurrentKeyNotInstalled"
        operator.follow("Put AWSCURRENT's key back")
        assert not operator.is_anybody_locked_out()
        assert operator.logs_in(operator.stack.read_current())
        operator.stack.aws.retry_rotation(operator.stack.secret_arn)
        assert operator.stack.aws.wait_for_rotation(operator.stack.secret_arn).succeeded


def one_line(pem: str) -> str:
    return "".join(pem.split("-----")[2].split())


def empty_slot(operator: Operator) -> Literal[1, 2]:
    return 1 if operator.stack.user.slots[0] is None else 2


# publicKey in every shape that is read: docs/clients.md.
SHAPES: dict[str, Callable[[str], str]] = {
    "PEM": str,
    "PEM with Windows' line ends": lambda pem: pem.replace("\n", "\r\n"),
    "PEM whose line ends are spelt out": lambda pem: pem.replace("\n", "\\n"),
    "PEM in one line": lambda pem: pem.replace("\n", " "),
    "the body": one_line,
    "base64url": lambda pem: one_line(pem).replace("+", "-").replace("/", "_").rstrip("="),
    "base64 of PEM": lambda pem: base64.b64encode(pem.encode()).decode(),
}


class TestEveryShape:
    def test_of_public_key_gives_its_fingerprint_and_what_alter_user_takes(
        self, operator: Operator
    ) -> None:
        pem = operator.stack.read_current()["publicKey"]
        question, *_ = section("Is anybody locked out?")
        for name, shape in SHAPES.items():
            edit_secret(operator.stack, {"publicKey": shape(pem)})
            operator.do(question)
            assert operator.printed == operator.stack.user.slots[0], name
        operator.stack.user.unset_key(1)
        operator.follow("Put AWSCURRENT's key back")
        assert not operator.is_anybody_locked_out()


class TestTheSlotIsRead:
    @pytest.mark.parametrize("rotations", [1, 2])
    def test_before_the_current_key_is_put_back_beside_an_old_one_in_its_grace(
        self, operator: Operator, rotations: int
    ) -> None:
        for _ in range(rotations - 1):
            operator.stack.rotate()
        old = operator.stack.read_current()
        operator.stack.rotate()
        kept = empty_slot(operator)
        operator.stack.user.set_key(kept, one_line(old["publicKey"]))
        # Somebody sets another key in place of AWSCURRENT's: both slots are full.
        operator.stack.user.set_key(2 if kept == 1 else 1, keys.key_pair("foreign")[1])
        operator.follow("Put AWSCURRENT's key back")
        assert operator.logs_in(operator.stack.read_current())
        assert operator.logs_in(old), "tasks hold it"

    @pytest.mark.parametrize("rotations", [1, 2])
    def test_before_the_old_key_is_unset(self, operator: Operator, rotations: int) -> None:
        for _ in range(rotations - 1):
            operator.stack.rotate()
        old = operator.stack.read_current()
        operator.stack.rotate()
        operator.stack.user.set_key(empty_slot(operator), one_line(old["publicKey"]))
        operator.follow("Unset the old slot")
        assert not operator.logs_in(old)
        assert operator.logs_in(operator.stack.read_current())


class TestALeakedKey:
    def test_no_longer_logs_in_after_one_rotation(self, operator: Operator) -> None:
        leaked = operator.stack.read_current()
        assert operator.logs_in(leaked)
        operator.follow("A leaked key, by hand")
        assert not operator.logs_in(leaked)
        assert operator.logs_in(operator.stack.read_current())
        assert not operator.is_anybody_locked_out()

    def test_that_could_not_be_retired_is_unset_by_hand(self, operator: Operator) -> None:
        leaked = operator.stack.read_current()
        faults = operator.stack.snowflake.faults
        faults.add(Kind.STATEMENT, missing_privilege(USER), about="UNSET")
        operator.follow("A leaked key, by hand")
        assert operator.logs_in(leaked)
        operator.stack.snowflake.faults.clear()
        operator.follow("Unset the old slot")
        assert not operator.logs_in(leaked)
        assert not operator.is_anybody_locked_out()

    def test_is_under_no_label_after_two_rotations(self, operator: Operator) -> None:
        operator.stack.rotate()
        before = set(labels(operator.stack).values())
        operator.follow("A leaked key, by hand")
        operator.follow("A leaked key, by hand")
        assert not before & set(labels(operator.stack).values())


class TestRollingBack:
    @pytest.mark.parametrize("form", AfterPromotion)
    def test_keeps_a_key_that_logs_in_current_at_every_step(self, operator: Operator) -> None:
        old = operator.stack.read_current()
        operator.stack.rotate()
        new = operator.stack.read_current()
        steps = section("Roll back to AWSPREVIOUS")
        assert [step.language for step in steps] == ["sh", "sh", "sql", "sh"]
        operator.read_slots()
        for step in steps:
            operator.do(step)
            assert operator.logs_in(operator.stack.read_current())
        assert operator.stack.read_current() == old
        assert operator.logs_in(new), "tasks that still hold it go on"
        assert not rotation_enabled(operator.stack)

    @pytest.mark.parametrize("form", AfterPromotion)
    def test_leaves_nothing_for_the_next_rotation_to_refuse(self, operator: Operator) -> None:
        operator.stack.rotate()
        new = operator.stack.read_current()
        operator.follow("Roll back to AWSPREVIOUS")
        assert "AWSPENDING" not in labels(operator.stack)
        operator.follow("Switch rotation on")
        assert rotation_enabled(operator.stack)
        assert operator.stack.rotate().succeeded
        assert operator.logs_in(operator.stack.read_current())
        assert not operator.logs_in(new)

    def test_also_takes_awspending_off_a_version_without_a_value(self, operator: Operator) -> None:
        operator.stack.rotate()
        denied = AwsFailure("AccessDeniedException", "No.")
        operator.stack.aws.faults.add("PutSecretValue", denied, times=None)
        assert not operator.stack.rotate().succeeded
        operator.stack.aws.faults.clear()
        operator.follow("Roll back to AWSPREVIOUS")
        operator.follow("Switch rotation on")
        assert operator.stack.rotate().succeeded
        assert operator.logs_in(operator.stack.read_current())

    def test_the_label_alone_would_lock_consumers_out(self, operator: Operator) -> None:
        operator.stack.rotate()
        operator.read_slots()
        off, *_, move = section("Roll back to AWSPREVIOUS")
        operator.do(off, move)
        assert operator.is_anybody_locked_out()

    def test_with_rotation_on_the_old_key_would_be_replaced(self, operator: Operator) -> None:
        old = operator.stack.read_current()
        operator.stack.rotate()
        operator.read_slots()
        off, show, put, _ = section("Roll back to AWSPREVIOUS")
        operator.do(off, show, put)
        assert operator.logs_in(old)
        operator.follow("Switch rotation on")
        operator.stack.rotate()
        assert not operator.logs_in(old)


class TestARotationThatIsStuck:
    def test_is_given_up_and_the_next_one_replaces_its_key(self, operator: Operator) -> None:
        operator.stack.snowflake.faults.add(Kind.LOGIN, LOCKED_USER, skip=1, times=None)
        before = labels(operator.stack)
        stuck = operator.stack.rotate().version_id
        assert all(operator.stack.user.slots)
        with pytest.raises(RuntimeError, match="That rotation will be reattempted"):
            operator.follow("Rotate again")
        operator.stack.aws.wait_for_rotation(operator.stack.secret_arn)
        operator.stack.snowflake.faults.clear()
        operator.follow("A rotation that is stuck")
        left = {k: v for k, v in labels(operator.stack).items() if not k.startswith("vouched-")}
        assert left == before
        operator.follow("Switch rotation on")
        operator.follow("Rotate again")
        assert labels(operator.stack)["AWSCURRENT"] not in {before["AWSCURRENT"], stuck}
        assert operator.logs_in(operator.stack.read_current())
        assert operator.stack.user.slots.count(None) == 1


def test_a_named_key_pair_is_shown_by_the_runbooks_statement(operator: Operator) -> None:
    operator.follow("NamedKeyPairStays")


def test_leaving_begins_with_the_names_of_the_attached_secrets(operator: Operator) -> None:
    operator.follow("Leave")
    assert "snowflake/svc-pipeline" in operator.printed
    assert not rotation_enabled(operator.stack)
    assert operator.logs_in(operator.stack.read_current())


def test_a_missing_grant_is_given_by_the_runbooks_statements(operator: Operator) -> None:
    operator.world.run(
        "REVOKE MODIFY PROGRAMMATIC AUTHENTICATION METHODS ON USER svc_pipeline"
        " FROM ROLE svc_pipeline_rotation"
    )
    assert operator.stack.rotate().steps[-1].error_type == "InsufficientPrivilege"
    operator.follow("InsufficientPrivilege")
    operator.stack.aws.retry_rotation(operator.stack.secret_arn)
    assert operator.stack.aws.wait_for_rotation(operator.stack.secret_arn).succeeded
