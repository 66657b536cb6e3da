"""What an account identifier means to the connector: the host, and the name in the login token.

Snowflake's own rules, written here once because the lines of the connector differ. Seen on 5.2.0:
a ``.global`` identifier keeps its external ID in the token, a region in China gets ``.com``, and
a PrivateLink host loses its underscores.
Seen on 4.8.1: an underscore stays in the host. tests/integration/test_account_identifiers.py
shows what both make of this.
https://docs.snowflake.com/en/user-guide/admin-account-identifier
https://docs.snowflake.com/en/developer-guide/sql-api/authenticating
"""

_GLOBAL = "global"


def host(account: str) -> str:
    """Return the host: lower case, hyphens for underscores, ``.cn`` for regions in China.

    A PrivateLink host keeps its underscores; where it has none, SNOWFLAKE_HOST names it.
    https://docs.snowflake.com/en/developer-guide/jdbc/jdbc-parameters (allowUnderscoresInHost)
    """
    labels = account.lower().split(".")
    if "privatelink" not in labels:
        labels[0] = labels[0].replace("_", "-")
    top = "cn" if any(label.startswith("cn-") for label in labels[1:]) else "com"
    return ".".join([*labels, "snowflakecomputing", top])


def connecting_as(account: str) -> str:
    """Return what to give the connector as the account: without the external ID of ``.global``."""
    first, *rest = account.split(".")
    return first.partition("-")[0] if _GLOBAL in map(str.lower, rest) else account
