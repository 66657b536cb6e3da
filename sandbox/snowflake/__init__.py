"""An embedded Snowflake: real clients log in to it with a key pair, and it can say no.

What is here is what key rotation meets: logins verified against two key slots, sessions, users,
roles, privileges, a handful of statements, and faults. What is not here is an error, never a
silent success. It is never deployed.

A room uses only the rooms in the rows below its own.

=================  =======================================================
``server``         all of it behind a port
``faults``         refusals, for a test to ask for
``protocol``       requests, replies, and what each request does
``execution``      what a statement does to the account
``login``          who is let in, and for how long
``sql``            text to statements
``record``         logins and statements, for a test to look at
``account``        the model: users, roles, privileges, policies
``answers``        every code and message, with its source; result sets
``objects``        kinds of objects, and their names
=================  =======================================================
"""

from sandbox.snowflake.account.accounts import Account
from sandbox.snowflake.account.users import User
from sandbox.snowflake.account.workloads import AwsWorkload
from sandbox.snowflake.answers.refusals import SnowflakeError
from sandbox.snowflake.faults import EXPIRED_SESSION, LOCKED_USER, Refuse, missing_privilege
from sandbox.snowflake.protocol.requests import Kind
from sandbox.snowflake.record import LoginEntry, StatementEntry
from sandbox.snowflake.server import SnowflakeServer

__all__ = [
    "EXPIRED_SESSION",
    "LOCKED_USER",
    "Account",
    "AwsWorkload",
    "Kind",
    "LoginEntry",
    "Refuse",
    "SnowflakeError",
    "SnowflakeServer",
    "StatementEntry",
    "User",
    "missing_privilege",
]
