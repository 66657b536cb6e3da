"""A stack on functions that have served others before it sees nothing of them."""

from sandbox.aws.json.failures import AwsFailure
from sandbox.faults import ANY
from sandbox.snowflake import missing_privilege
from sandbox.stack import SECRET_NAME, USER
from tests.integration.observed import add_secret, event, labels, lines
from tests.integration.retirement_runs import GRACE
from tests.shared import keys
from tests.shared.warm_function import warm_stack


def test_another_stack_s_settings_are_gone() -> None:
    with warm_stack(retention=GRACE, environment={"KEY_FORMATS": "privateKeyBase64"}) as before:
        before.attach(rotate_immediately=True)
        assert all(before.user.slots)
        assert "privateKeyBase64" in before.read_current()
    with warm_stack() as stack:
        assert not stack.function.invoke(None).cold_start
        stack.attach(rotate_immediately=True)
        assert stack.user.slots[0] is None
        assert "privateKeyBase64" not in stack.read_current()


def test_what_another_stack_held_and_was_to_fail_with_is_gone() -> None:
    with warm_stack() as before:
        before.attach()
        add_secret(before, "a/second")
        before.rotate()
        before.user.set_key(1, keys.key_pair("foreign")[1])
        before.rotate()
        before.aws.faults.add("DescribeSecret", AwsFailure("AccessDeniedException"), times=None)
        before.snowflake.faults.add(ANY, missing_privilege(USER), times=None)
    with warm_stack() as stack:
        listed = stack.aws.client().list_secrets()["SecretList"]
        assert [secret["Name"] for secret in listed] == [SECRET_NAME]
        assert labels(stack).keys() == {"AWSCURRENT"}
        assert stack.user.slots == (keys.fingerprint("stack"), None)
        assert stack.snowflake.record.calls == []
        assert (stack.invocations, stack.key_errands, stack.lambda_api.events) == ([], [], [])
        stack.attach()
        assert stack.rotate().succeeded


def test_another_stack_s_log_keys_and_servers_are_gone() -> None:
    with warm_stack() as before:
        before.attach()
        before.rotate()
        asked = len(before.aws.record.calls)
        with warm_stack() as stack:
            (line,) = lines(stack.invoke({"Records": "[]"}))
            assert line["reason"] == "InvalidEvent"
            assert not {"secret", "step", "version_id", "observed", "decided", "done"} & line.keys()
            stack.attach(rotate_immediately=True)
        assert len(before.aws.record.calls) == asked
        assert before.rotate().succeeded, "and it goes on with its own"


def test_a_process_that_is_killed_is_started_anew_and_a_key_is_drawn_once() -> None:
    with warm_stack() as stack:
        stack.attach()
        stack.function.kill()
        installed = set()
        for _ in range(3):
            assert stack.rotate().succeeded
            installed |= set(stack.user.slots) - {None}
        assert [one.cold_start for one in stack.invocations] == [False, True, *[False] * 11]
        assert len(installed) == 3


def test_a_step_is_told_the_time_out_of_its_own_stack() -> None:
    with warm_stack(timeout_seconds=3) as stack:
        invocation = stack.invoke(event("create-secret", stack))
        assert invocation.error_field("errorType") == "OutOfTime"
