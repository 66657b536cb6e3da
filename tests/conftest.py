"""For all tests: Hypothesis looks for wrong answers here, not for slow machines."""

import os
import sys

from hypothesis import settings

settings.register_profile("project", deadline=None)
settings.load_profile("project")

# Tests wait for processes and servers at times; a worker costs six seconds of CPU to begin with.
_WAITING_WORKERS = 1


def pytest_xdist_auto_num_workers() -> int:
    """Say what ``-n auto`` means here."""
    return (os.cpu_count() or 1) + _WAITING_WORKERS


def pytest_sessionfinish() -> None:
    """End the processes of warm functions; most runs have none, and don't load what they need."""
    warm = sys.modules.get("tests.shared.warm_function")
    if warm is not None:
        warm.close()
