"""Scan what is deployed with checkov, and compare the findings with .checkov.yaml.

Exit status 1 for a finding that isn't explained there and for an explanation that nothing needs.
Nothing is asked of any platform: no download, no API key, no configuration but ours; it works
without a network. Runs in the environment of requirements/checkov.txt.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped,unused-ignore]

REPOSITORY = Path(__file__).parents[2]
SETTINGS = REPOSITORY / ".checkov.yaml"
CHECKOV = Path(sys.executable).parent / "checkov"
OPTIONS = ("--skip-download", "--soft-fail", "--output", "json")


def scanned_files() -> list[Path]:
    """Return the template and the workflows."""
    return [
        REPOSITORY / "template.yaml",
        *sorted((REPOSITORY / ".github" / "workflows").glob("*.yml")),
    ]


def reports(files: list[Path], frameworks: list[str]) -> list[dict[str, Any]]:
    """Return checkov's reports, one a framework, with nothing skipped.

    Raises CalledProcessError when checkov itself fails.
    """
    with tempfile.TemporaryDirectory() as elsewhere:
        done = subprocess.run(
            [CHECKOV, *OPTIONS, "--framework", *frameworks, "--file", *files],
            # In a folder and a home without settings it finds everything.
            cwd=elsewhere,
            env={"PATH": os.environ["PATH"], "HOME": elsewhere},
            check=True,
            capture_output=True,
            text=True,
        )
    found: dict[str, Any] | list[dict[str, Any]] = json.loads(done.stdout)
    return found if isinstance(found, list) else [found]


def problems(
    explained: set[str], frameworks: list[str], found: list[dict[str, Any]]
) -> Iterator[str]:
    """Yield what is wrong, a sentence each."""
    # A framework with nothing to scan has no results at all.
    found = [report for report in found if "results" in report]
    if {report["check_type"] for report in found} != set(frameworks):
        yield f"checkov was to report on {frameworks}, and did not on all."
    failed = [check for report in found for check in report["results"]["failed_checks"]]
    for report in found:
        for path in report["results"]["parsing_errors"]:
            yield f"checkov could not read {path}."
    for check in failed:
        if check["check_id"] not in explained:
            where = f"{Path(check['file_path']).name}:{check['file_line_range'][0]}"
            yield (
                f"{where} {check['resource']}: {check['check_id']}, {check['check_name']}. "
                f"Mend it, or say in {SETTINGS.name} why not."
            )
    for name in sorted(explained - {check["check_id"] for check in failed}):
        yield f"{name} is in {SETTINGS.name}, and nothing fails it any more: take it out."


def main() -> int:
    """Print the findings; return the exit status."""
    settings = yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))
    explained, frameworks = set(settings["skip-check"]), settings["framework"]
    found = reports(scanned_files(), frameworks)
    wrong = list(problems(explained, frameworks, found))
    passed = sum(report.get("summary", {}).get("passed", 0) for report in found)
    sys.stdout.write(f"checkov: {passed} checks passed, {len(explained)} left with a reason\n")
    sys.stderr.writelines(f"error: {line}\n" for line in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
