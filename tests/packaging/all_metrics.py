"""The metrics of all three functions; tests/shared/metrics.py collects those of the first two."""

from functools import cache

from sandbox.stack import Stack
from tests.shared.metrics import Emitted, emitted, read


@cache
def emitted_by_all() -> Emitted:
    """Add a run of the retirement function, which writes the same metrics every time."""
    with Stack() as stack:
        stack.attach()
        log = stack.run_retirement().log
    return Emitted((*emitted().metrics, *read([log]).metrics))
