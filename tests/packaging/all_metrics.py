"""The metrics of both functions, also those that tests/shared/metrics.py leaves out."""

from functools import cache

from tests.shared.metrics import Emitted, emitted, read
from tests.shared.warm_function import warm_stack


@cache
def emitted_by_all() -> Emitted:
    """Add an hourly run of a stack with nothing amiss: retirement writes the same every time."""
    with warm_stack() as stack:
        stack.attach()
        log = stack.run_hourly().log
    return Emitted((*emitted().metrics, *read([log]).metrics))
