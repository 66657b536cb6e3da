"""What an invocation answers; the recordings are those of lambda_runtime/failures.py."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.aws.lambda_runtime.deploying import Deploy

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def test_a_returned_value_is_the_payload(deploy: Deploy) -> None:
    function = deploy("def handler(event, context): return {'seen': event['x'], 'none': None}")

    answer = function.invoke({"x": [1, "two", 3.5]})

    assert answer.payload == {"seen": [1, "two", 3.5], "none": None}
    assert answer.function_error is None


def test_returning_nothing_is_null(deploy: Deploy) -> None:
    assert deploy("def handler(event, context): pass").invoke({}).payload is None


def test_a_raised_exception_answers_with_type_message_and_trace(deploy: Deploy) -> None:
    # LocalStack's recording test_lambda_handler_error (2025-11-24).
    function = deploy("def handler(event, context):\n    raise ValueError('it broke')")

    answer = function.invoke({})

    assert answer.function_error == "Unhandled"
    assert answer.payload.keys() == {"errorMessage", "errorType", "requestId", "stackTrace"}
    assert answer.error_field("errorType") == "ValueError"
    assert answer.error_field("errorMessage") == "it broke"
    assert re.fullmatch(UUID, answer.payload["requestId"])
    assert "raise ValueError" in answer.payload["stackTrace"][0]


def test_a_raised_exception_keeps_the_process_warm(deploy: Deploy) -> None:
    function = deploy("def handler(event, context): raise ValueError")
    function.invoke({})

    assert not function.invoke({}).cold_start


def test_a_value_json_cannot_hold_is_a_marshal_error(deploy: Deploy) -> None:
    answer = deploy("def handler(event, context): return {1, 2}").invoke({})

    assert answer.error_field("errorType") == "Runtime.MarshalError"


def test_the_deadline_kills_the_function(deploy: Deploy) -> None:
    # LocalStack's recording test_lambda_invoke_with_timeout (2025-11-25).
    function = deploy(
        "import os, time\ndef handler(event, context):\n    print(os.getpid())\n    time.sleep(60)",
        timeout_seconds=1,
    )

    answer = function.invoke({})

    assert answer.function_error == "Unhandled"
    assert answer.payload.keys() == {"errorType", "errorMessage"}
    assert answer.error_field("errorType") == "Sandbox.Timedout"
    message = rf"RequestId: {UUID} Error: Task timed out after 1\.00 seconds"
    assert re.fullmatch(message, answer.payload["errorMessage"])
    pid, line = answer.log.splitlines()
    assert re.fullmatch(rf"\S+T\S+Z {UUID} Task timed out after 1\.00 seconds", line)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)


def test_after_a_time_out_the_next_invocation_starts_cold(deploy: Deploy) -> None:
    # LocalStack's recording test_lambda_invoke_timed_out_environment_reuse: globals are gone.
    function = deploy(
        "import time\nseen = []\ndef handler(event, context):\n"
        "    seen.append(1)\n    time.sleep(event)\n    return len(seen)",
        timeout_seconds=1,
    )
    assert function.invoke(0).payload == 1
    assert function.invoke(0).payload == 2

    assert function.invoke(60).error_field("errorType") == "Sandbox.Timedout"

    after = function.invoke(0)
    assert (after.payload, after.cold_start) == (1, True)


def test_a_crash_answers_with_the_exit_status(deploy: Deploy) -> None:
    function = deploy("import os\ndef handler(event, context): os._exit(event)")

    answer = function.invoke(1)

    assert answer.function_error == "Unhandled"
    assert answer.payload.keys() == {"errorType", "errorMessage"}
    assert answer.error_field("errorType") == "Runtime.ExitError"
    message = rf"RequestId: {UUID} Error: Runtime exited with error: exit status 1"
    assert re.fullmatch(message, answer.payload["errorMessage"])
    assert function.invoke(3).cold_start


def test_an_exit_with_status_zero_gives_no_reason(deploy: Deploy) -> None:
    # LocalStack's recording test_lambda_handler_exit (2025-11-24).
    answer = deploy("import sys\ndef handler(event, context): sys.exit(0)").invoke({})

    assert answer.payload["errorMessage"].endswith(
        "Error: Runtime exited without providing a reason"
    )


def test_an_exception_at_import_is_an_init_error(deploy: Deploy) -> None:
    # LocalStack's recording test_lambda_runtime_error (2025-11-24): no request id.
    answer = deploy("raise Exception('Runtime startup fails')").invoke({})

    assert answer.function_error == "Unhandled"
    assert answer.error_field("errorType") == "Exception"
    assert answer.error_field("errorMessage") == "Runtime startup fails"
    assert answer.payload["requestId"] == ""


def test_a_missing_module_is_an_import_module_error(deploy: Deploy) -> None:
    answer = deploy("import there_is_no_such_module").invoke({})

    assert answer.error_field("errorType") == "Runtime.ImportModuleError"


def test_after_a_failed_init_the_next_invocation_starts_cold(deploy: Deploy) -> None:
    function = deploy("raise Exception")
    function.invoke({})

    assert function.invoke({}).cold_start


def test_an_exit_at_import_is_an_exit_error(deploy: Deploy) -> None:
    # LocalStack's recording test_lambda_runtime_exit (2025-11-24).
    answer = deploy("import os\nos._exit(7)").invoke({})

    assert answer.payload["errorMessage"].endswith("Runtime exited with error: exit status 7")
