"""For all tests: Hypothesis looks for wrong answers here, not for slow machines."""

import os

from hypothesis import settings

settings.register_profile("project", deadline=None)
settings.load_profile("project")

# Tests wait for processes and servers half of the time.
_WAITING_WORKERS = 2


def pytest_xdist_auto_num_workers() -> int:
    """Say what ``-n auto`` means here."""
    return (os.cpu_count() or 1) + _WAITING_WORKERS
