"""What the tests of this folder read from a stack's records."""

from sandbox.snowflake.account.keys import fingerprint, parse_public_key
from sandbox.stack import Stack


def rotate(stack: Stack) -> None:
    """Attach the function and let it rotate at once."""
    stack.attach(rotate_immediately=True)


def forget(stack: Stack) -> None:
    stack.aws.record.clear()
    stack.snowflake.record.clear()


def current(stack: Stack) -> str:
    """Return the fingerprint of AWSCURRENT's key."""
    return fingerprint(parse_public_key(stack.read_current()["publicKey"]))


def outcomes(stack: Stack) -> list[str]:
    """Return how the logins ended, those that failed first."""
    return sorted(login.outcome for login in stack.snowflake.record.logins)
