"""What can be granted, and what is granted in every account from its start.

Sources: as for ``privileges``.
"""

from __future__ import annotations

from sandbox.snowflake.objects import THE_ACCOUNT, Kind, ObjectId

Grant = tuple[str, ObjectId, str]

OWNERSHIP = "OWNERSHIP"
USAGE = "USAGE"
MANAGE_GRANTS = "MANAGE GRANTS"
MODIFY_AUTHENTICATION = "MODIFY PROGRAMMATIC AUTHENTICATION METHODS"
APPLY_AUTHENTICATION_POLICY = "APPLY AUTHENTICATION POLICY"
# What can be granted here, by kind of object. A schema owner may create in it without a grant.
GRANTABLE: dict[Kind, frozenset[str]] = {
    Kind.USER: frozenset({OWNERSHIP, MODIFY_AUTHENTICATION, APPLY_AUTHENTICATION_POLICY}),
    Kind.DATABASE: frozenset({USAGE, "CREATE SCHEMA"}),
    Kind.SCHEMA: frozenset({USAGE, "CREATE AUTHENTICATION POLICY", "CREATE NETWORK RULE"}),
    Kind.NETWORK_POLICY: frozenset({USAGE}),
}
# SECURITYADMIN's CREATE NETWORK RULE in every schema is left out: a script must not rely on it,
# for without USAGE on schema and database it is of no use.
SYSTEM_GRANTS: frozenset[Grant] = frozenset(
    {
        ("CREATE DATABASE", THE_ACCOUNT, "SYSADMIN"),
        ("CREATE USER", THE_ACCOUNT, "USERADMIN"),
        ("CREATE ROLE", THE_ACCOUNT, "USERADMIN"),
        ("CREATE NETWORK POLICY", THE_ACCOUNT, "SECURITYADMIN"),
        (APPLY_AUTHENTICATION_POLICY, THE_ACCOUNT, "SECURITYADMIN"),
        (MANAGE_GRANTS, THE_ACCOUNT, "SECURITYADMIN"),
    }
)
SYSTEM_ROLES = frozenset({"ACCOUNTADMIN", "SECURITYADMIN", "USERADMIN", "SYSADMIN", "PUBLIC"})
