"""A function goes back to its settings; processes that can't serve as before end."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sandbox.aws.lambda_runtime.deploying import Deploy

TELL = "import os\ndef handler(event, context): return os.environ.get('WHO')"
SLEEP = "import time\ndef handler(event, context): time.sleep(event)"


def test_a_warm_process_with_the_same_settings_stays(deploy: Deploy) -> None:
    function = deploy(TELL, environment={"WHO": "a"})
    saved = function.snapshot()
    assert function.invoke({}).cold_start
    function.restore(saved)
    again = function.invoke({})
    assert (again.payload, again.cold_start) == ("a", False)


def test_settings_are_as_they_were_and_processes_with_others_end(deploy: Deploy) -> None:
    function = deploy(TELL, environment={"WHO": "a"}, timeout_seconds=10)
    saved = function.snapshot()
    function.environment, function.timeout_seconds = {"WHO": "b"}, 20
    assert function.invoke({}).payload == "b"
    function.restore(saved)
    again = function.invoke({})
    assert (again.payload, again.cold_start) == ("a", True)
    assert function.timeout_seconds == 10


def test_an_invocation_under_way_ends(deploy: Deploy) -> None:
    function = deploy(SLEEP, timeout_seconds=60)
    saved = function.snapshot()
    function.invoke(0)
    answers: list[str | None] = []
    busy = threading.Thread(target=lambda: answers.append(function.invoke(50).function_error))
    busy.start()
    time.sleep(0.1)  # whether it has begun by then or not, it has to end
    function.restore(saved)
    busy.join(20)
    assert answers == ["Unhandled"]
    assert function.invoke(0).function_error is None
