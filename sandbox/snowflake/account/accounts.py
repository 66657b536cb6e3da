"""An account: its users, its roles, its other objects, and what is granted to whom."""

from __future__ import annotations

import copy
import threading
import time
from typing import TYPE_CHECKING, Any

from sandbox.snowflake.account.grants import (
    MODIFY_AUTHENTICATION,
    OWNERSHIP,
    SYSTEM_GRANTS,
    SYSTEM_ROLES,
    Grant,
)
from sandbox.snowflake.account.users import User
from sandbox.snowflake.objects import Kind, ObjectId, user_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.snowflake.account.policies import Content
    from sandbox.snowflake.account.workloads import AwsWorkload

Snapshot = dict[str, Any]
_CONTENT = ("network_allowed", "users", "roles", "objects", "grants", "aws_workloads")


class Account:
    """One Snowflake account.

    Names of users and roles are given as Snowflake stores them: ``"SVC_APP"`` for what SQL
    writes as ``svc_app``, ``"svc-app"`` for what SQL must write as ``"svc-app"`` in quotes.

    ``aws_workloads`` are the AWS credentials whose signature can be verified, by access key id.
    ``network_allowed = False`` stands for a network policy that shuts every client out.
    """

    def __init__(self, name: str, clock: Callable[[], float] = time.time) -> None:
        self.name = name.upper().replace(".", "-")
        self.clock = clock
        self.network_allowed = True
        self.lock = threading.RLock()
        self.users: dict[str, User] = {}
        self.roles: set[str] = set(SYSTEM_ROLES)
        self.objects: dict[ObjectId, Content] = {}
        self.grants: set[Grant] = set(SYSTEM_GRANTS)
        self.aws_workloads: dict[str, AwsWorkload] = {}

    def now(self) -> float:
        """Return the time in epoch seconds, by the clock the account has by now."""
        return self.clock()

    def snapshot(self) -> Snapshot:
        """Return what the account holds now, for ``restore``."""
        with self.lock:
            return self._copied(vars(self))

    def restore(self, saved: Snapshot) -> None:
        """Hold again what a snapshot has. Users are other objects than before."""
        with self.lock:
            vars(self).update(self._copied(saved))

    def _copied(self, state: Mapping[str, Any]) -> Snapshot:
        # Users know the account's clock by a method of the account, which is not to be copied.
        content = copy.deepcopy({name: state[name] for name in _CONTENT}, {id(self): self})
        return {**content, "clock": state["clock"]}

    def answers_to(self, identifier: str) -> bool:
        """Say whether an account identifier names this account.

        A locator may carry its region (``xy12345.eu-west-1``), an organization account may be
        written with a period; case does not matter ([D] developer-guide/sql-api/authenticating).
        """
        upper = identifier.upper()
        return self.name in (upper.replace(".", "-"), upper.partition(".")[0])

    def create_user(  # noqa: PLR0913 - the properties CREATE USER takes
        self,
        name: str,
        *,
        login_name: str | None = None,
        user_type: str = "SERVICE",
        default_role: str = "PUBLIC",
        disabled: bool = False,
        rsa_public_key: str | None = None,
        rsa_public_key_2: str | None = None,
        workload_arn: str | None = None,
    ) -> User:
        """Create a user, as an administrator would.

        Raises:
            ValueError: a user of this NAME or LOGIN_NAME exists.
            SnowflakeError: 390000, a key is none that Snowflake takes.

        """
        user = User(name, login_name, self.now)
        user.user_type, user.default_role, user.disabled = user_type, default_role, disabled
        user.workload_arn = workload_arn
        if rsa_public_key is not None:
            user.set_key(1, rsa_public_key)
        if rsa_public_key_2 is not None:
            user.set_key(2, rsa_public_key_2)
        with self.lock:
            if name in self.users or self.user_logging_in_as(user.login_name):
                raise ValueError(f"a user with NAME {name} or LOGIN_NAME {user.login_name} exists")
            self.users[name] = user
        return user

    def user(self, name: str) -> User:
        """Return the user with this NAME.

        Raises:
            KeyError: there is none.

        """
        return self.users[name]

    def user_logging_in_as(self, login_name: str) -> User | None:
        """Return the user with this LOGIN_NAME, in any case."""
        wanted = login_name.upper()
        return next((user for user in self.users.values() if user.login_name == wanted), None)

    def user_of_workload(self, role_arn: str) -> User | None:
        """Return the user whose WORKLOAD_IDENTITY names this IAM role."""
        return next((user for user in self.users.values() if user.workload_arn == role_arn), None)

    def create_role(self, name: str) -> None:
        """Create a role."""
        self.roles.add(name)

    def grant_role(self, role: str, *, to_user: str) -> None:
        """Grant a role to a user.

        Raises:
            KeyError: no such user.
            ValueError: no such role.

        """
        self._expect_role(role)
        self.user(to_user).roles.add(role)

    def grant(self, privilege: str, *, on_user: str, to_role: str) -> None:
        """Grant a privilege on a user to a role. OWNERSHIP has one holder, so it moves.

        Raises:
            KeyError: no such user.
            ValueError: no such role, or a privilege this sandbox does not model.

        """
        if privilege not in (OWNERSHIP, MODIFY_AUTHENTICATION):
            raise ValueError(f"privilege {privilege} is not modelled")
        self._expect_role(to_role)
        target = user_id(self.user(on_user).name)
        with self.lock:
            if privilege == OWNERSHIP:
                self.grants = {g for g in self.grants if g[:2] != (OWNERSHIP, target)}
            self.grants.add((privilege, target, to_role))

    def exists(self, target: ObjectId) -> bool:
        """Say whether an object of this kind and name exists."""
        if target.kind is Kind.USER:
            return target.name in self.users
        if target.kind is Kind.ROLE:
            return target.name in self.roles
        return target in self.objects

    def remove(self, target: ObjectId) -> None:
        """Remove an object, what is in it, and every grant on it or to it."""
        for held in [each for each in self.objects if each.parent == target]:
            self.remove(held)
        self.objects.pop(target, None)
        if target.kind is Kind.USER:
            del self.users[target.name]
        if target.kind is Kind.ROLE:
            self.roles.discard(target.name)
            for user in self.users.values():
                user.roles.discard(target.name)
            self.grants = {grant for grant in self.grants if grant[2] != target.name}
        self.grants = {grant for grant in self.grants if grant[1] != target}

    def _expect_role(self, role: str) -> None:
        if role not in self.roles:
            raise ValueError(f"role {role} does not exist: create_role first")
