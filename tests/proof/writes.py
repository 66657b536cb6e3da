"""What a secret was before its last write, for reads that are stale."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from tests.proof.cloning import changed

if TYPE_CHECKING:
    from tests.proof.secret import Secret


def a_write(method: Callable[..., None]) -> Callable[..., None]:
    """Keep what was before a write; a write within a write is a part of it."""

    @wraps(method)
    def writing(secret: "Secret", *args: Any, **named: Any) -> None:  # noqa: ANN401
        changes, held = secret.changes, changed(secret.clone(), before=None)
        method(secret, *args, **named)
        if secret.changes != changes:
            secret.before = held

    return writing
