from typing import Any

import pytest
import yaml  # type: ignore[import-untyped,unused-ignore]

from tests.checkov.scan import SETTINGS, problems

FAILED = {
    "check_id": "CKV_AWS_115",
    "check_name": "a limit",
    "resource": "Function",
    "file_path": "/template.yaml",
    "file_line_range": [7, 9],
}


def report(*failed: dict[str, Any], unread: tuple[str, ...] = ()) -> dict[str, Any]:
    results = {"failed_checks": list(failed), "parsing_errors": list(unread)}
    return {"check_type": "cloudformation", "results": results}


@pytest.mark.parametrize(
    ("explained", "found", "said"),
    [
        pytest.param({"CKV_AWS_115"}, [report(FAILED)], None, id="explained and found"),
        pytest.param(set(), [report()], None, id="nothing"),
        pytest.param(set(), [report(FAILED)], "template.yaml:7 Function", id="not explained"),
        pytest.param({"CKV_AWS_115"}, [report()], "take it out", id="explained in vain"),
        pytest.param(set(), [report(unread=("x.yaml",))], "not read x.yaml", id="not read"),
        pytest.param(set(), [{"passed": 0}], "did not on all", id="nothing was scanned"),
    ],
)
def test_a_report_is_judged(
    explained: set[str], found: list[dict[str, Any]], said: str | None
) -> None:
    sentences = list(problems(explained, ["cloudformation"], found))
    assert [said in sentence for sentence in sentences] == ([True] if said else [])  # type: ignore[operator]


def test_every_skip_has_its_reason_in_the_lines_above_it() -> None:
    lines = SETTINGS.read_text(encoding="utf-8").splitlines()
    skipped = yaml.safe_load("\n".join(lines))["skip-check"]
    for name in skipped:
        assert lines[lines.index(f"  - {name}") - 1].startswith("  # "), name
