"""``python -m sandbox fargate``: the example's own template on the embedded ECS."""

import json
import re

import pytest

from sandbox.programs import fargate


@pytest.mark.long
def test_the_service_is_rolled_by_the_product_and_no_login_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert fargate.run() == 0
    shown = capsys.readouterr().out
    lines = [json.loads(text) for text in re.findall(r"^  task \S+  (.*)$", shown, re.MULTILINE)]
    keys = [line["key"] for line in lines]
    assert len(keys) == 4
    assert keys[0] == keys[1] != keys[2] == keys[3]
    assert re.search(
        r"^fargate: 2 tasks replaced, \d+ logins, 0 failed, the old key is retired an hour later$",
        shown,
        re.MULTILINE,
    )
