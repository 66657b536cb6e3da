"""The first login of a process loads the connector: createSecret, and a refusal, need none.

It takes a fourth of the CPU of such a cold start, and of init, which Lambda ends after ten
seconds.
"""

from typing import TYPE_CHECKING

from rotation.ports import Deadline
from rotation.settings import Endpoint
from rotation.snowflake_api.login import Login

if TYPE_CHECKING:
    from rotation.snowflake_api.connection import Connection


def open_connection(endpoint: Endpoint, deadline: Deadline, login: Login) -> "Connection":
    """Log in. Raises SnowflakeError or OutOfTime."""
    from rotation.snowflake_api import connection  # noqa: PLC0415 (see above)

    return connection.Connection(endpoint, deadline, login)
