"""Which process runs an invocation, what it sees, and what its log holds."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from sandbox.aws.lambda_runtime import LambdaFunction

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.sandbox.aws.lambda_runtime.deploying import Deploy

PID = "import os\ndef handler(event, context): return os.getpid()"


def test_the_first_invocation_is_cold_and_the_next_one_warm(deploy: Deploy) -> None:
    function = deploy(PID)

    first, second = function.invoke({}), function.invoke({})

    assert (first.cold_start, second.cold_start) == (True, False)
    assert first.payload == second.payload


def test_kill_ends_an_invocation_under_way(deploy: Deploy, tmp_path: Path) -> None:
    started = tmp_path / "started"
    function = deploy(
        "import pathlib, time\ndef handler(event, context):\n"
        "    if event:\n        pathlib.Path(event).touch()\n        time.sleep(60)",
        timeout_seconds=60,
    )
    with ThreadPoolExecutor() as pool:
        invocation = pool.submit(function.invoke, str(started))
        while not started.exists():
            time.sleep(0.01)
        function.kill()
        answer = invocation.result()

    assert answer.error_field("errorType") == "Runtime.ExitError"
    assert str(answer.error_field("errorMessage")).endswith(
        "Error: Runtime exited with error: signal: killed"
    )
    assert function.invoke(None).cold_start


def test_kill_between_invocations_makes_the_next_one_cold(deploy: Deploy) -> None:
    function = deploy(PID)
    before = function.invoke({})

    function.kill()

    after = function.invoke({})
    assert after.cold_start
    assert after.payload != before.payload


def test_invocations_at_once_run_in_processes_of_their_own(deploy: Deploy, tmp_path: Path) -> None:
    # Each waits for the other: one process for both would never answer.
    function = deploy(
        "import os, pathlib, time\ndef handler(event, context):\n"
        "    pathlib.Path(event['mine']).touch()\n"
        "    while not pathlib.Path(event['other']).exists(): time.sleep(0.01)\n"
        "    return os.getpid()",
        timeout_seconds=60,
    )
    one, two = str(tmp_path / "one"), str(tmp_path / "two")
    events = [{"mine": one, "other": two}, {"mine": two, "other": one}]

    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(function.invoke, events))

    assert len({answer.payload for answer in answers}) == 2
    assert not function.invoke(events[0]).cold_start


def test_the_log_holds_both_streams_of_that_invocation_only(deploy: Deploy) -> None:
    function = deploy(
        "import sys\nprint('loading')\ndef handler(event, context):\n"
        "    print('out', event)\n    print('err', event, file=sys.stderr)"
    )

    assert function.invoke(1).log == "loading\nout 1\nerr 1\n"
    assert function.invoke(2).log == "out 2\nerr 2\n"


def test_a_log_larger_than_a_pipe_arrives_whole(deploy: Deploy) -> None:
    function = deploy("def handler(event, context): print('x' * event)")

    assert len(function.invoke(1_000_000).log) == 1_000_001


def test_the_environment_is_lambda_s_and_nothing_of_the_parent_s(
    deploy: Deploy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Names: LocalStack's recording test_introspection_invoke[python3.13]; no HOME there.
    monkeypatch.setenv("AWS_PROFILE", "personal")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    function = deploy(
        "import os\ndef handler(event, context): return dict(os.environ)",
        environment={"SETTING": "value"},
        name="rotate-keys",
    )

    seen = function.invoke({}).payload

    assert not {"HOME", "AWS_PROFILE", "HTTPS_PROXY", "VIRTUAL_ENV"} & seen.keys()
    expected = {
        "SETTING": "value",
        "TZ": ":UTC",
        "_HANDLER": "deployed.handler",
        "LAMBDA_TASK_ROOT": str(tmp_path),
        "AWS_REGION": "eu-west-1",
        "AWS_LAMBDA_FUNCTION_NAME": "rotate-keys",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python{}.{}".format(*sys.version_info[:2]),
    }
    assert expected.items() <= seen.items()
    assert seen["_X_AMZN_TRACE_ID"].startswith("Root=1-")


def test_the_context_knows_the_function_and_its_deadline(deploy: Deploy) -> None:
    function = deploy(
        "def handler(event, context): return {"
        "'arn': context.invoked_function_arn, 'name': context.function_name,"
        "'memory': context.memory_limit_in_mb, 'left': context.get_remaining_time_in_millis()}",
        timeout_seconds=9,
    )

    context = function.invoke({}).payload

    assert context["arn"] == function.arn
    assert function.arn == "arn:aws:lambda:eu-west-1:123456789012:function:deployed"
    assert (context["name"], context["memory"]) == ("deployed", "256")
    assert 0 < context["left"] <= 9_000


def test_a_layer_is_importable(tmp_path: Path) -> None:
    layer, code = tmp_path / "layer", tmp_path / "code"
    layer.mkdir()
    code.mkdir()
    (layer / "from_the_layer.py").write_text("VALUE = 42")
    (code / "app.py").write_text(
        "from from_the_layer import VALUE\ndef handler(event, context): return VALUE"
    )
    with LambdaFunction(handler="app.handler", code_root=code, layer_paths=[layer]) as function:
        assert function.invoke({}).payload == 42


def test_closing_leaves_no_thread_behind(deploy: Deploy) -> None:
    before = set(threading.enumerate())
    function = deploy(PID)
    function.invoke({})

    function.close()

    assert set(threading.enumerate()) <= before
