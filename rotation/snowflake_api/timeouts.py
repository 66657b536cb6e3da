"""What each line of the Snowflake connector calls its time-outs, and how it keeps them."""

import snowflake.connector

_MAJOR = int(str(snowflake.connector.__version__).partition(".")[0])
_IS_5 = _MAJOR >= 5  # noqa: PLR2004 (the connector's major version)

# Measured on a server that is gone: 4.x waits 5 s for the end of its session.
LONGEST_CLOSE_SECONDS = 2 if _IS_5 else 5


def exact_host_arguments() -> dict[str, object]:
    """Return arguments of ``connect`` that keep the host as it is given.

    5.x writes hyphens for underscores in it; a PrivateLink host may have underscores.
    """
    return {"preserve_underscores_in_hostname": True} if _IS_5 else {}


def longest_login_seconds(login_timeout: int) -> float:
    """Return how long a login may really take before the connector gives up.

    4.x looks at its time-out only between requests of up to 10 s each (auth/keypair.py);
    measured for a login_timeout of 5: 10.5 s when the server hangs, 18 s when it answers 503.
    """
    return login_timeout if _IS_5 else max(11, 4 * login_timeout)


def timeout_arguments(seconds: int) -> dict[str, object]:
    """Return arguments of ``connect`` that let each request take this long.

    5.x warns about 4.x's names and will drop them; an unknown name would mean no time-out.
    """
    if _IS_5:
        return {
            "login_timeout": seconds,
            "query_timeout": seconds,
            "request_timeout": seconds,
            "retry_timeout": seconds,
            "connect_timeout": seconds,
            # Five failed logins lock a user, and a refusal whose reply is lost counts as one:
            # the connector's default of 6 tries could lock it by itself.
            "retry_max_attempts": 4,
            "logout_total_timeout_seconds": LONGEST_CLOSE_SECONDS,
            # Log out on close, without asking first whether queries still run.
            "server_session_keep_alive": False,
            "enable_server_session_keep_alive_auto_detection": False,
        }
    return {
        "login_timeout": seconds,
        "network_timeout": seconds,
        "socket_timeout": max(1, seconds // 2),
    }
