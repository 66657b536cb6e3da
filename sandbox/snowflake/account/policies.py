"""Authentication policies, network rules and network policies, and what they let in.

Sources: [D] user-guide/authentication-policies, user-guide/network-policies. A policy of the
account itself is not modelled: ``Account.network_allowed`` stands for one.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.snowflake.account.accounts import Account
    from sandbox.snowflake.account.objects import ObjectId
    from sandbox.snowflake.account.users import User

KEY_PAIR = "KEYPAIR"
IPV4 = "IPV4"
EVERY_METHOD = frozenset({"ALL"})
EVERY_CLIENT = frozenset({"ALL"})


@dataclass(frozen=True, slots=True)
class AuthenticationPolicy:
    """How users may log in. Every client of this sandbox counts as a driver."""

    methods: frozenset[str] = EVERY_METHOD
    client_types: frozenset[str] = EVERY_CLIENT

    def allows(self, method: str) -> bool:
        """Say whether a driver may log in by this method."""
        return bool(self.methods & {"ALL", method}) and bool(self.client_types & {"ALL", "DRIVERS"})


@dataclass(frozen=True, slots=True)
class NetworkRule:
    """A list of IPv4 addresses and ranges, or of VPC endpoints."""

    rule_type: str
    values: tuple[str, ...]

    def contains(self, address: str) -> bool:
        """Say whether an IPv4 address is in the list."""
        return any(
            ipaddress.ip_address(address) in ipaddress.ip_network(value, strict=False)
            for value in self.values
        )


@dataclass(frozen=True, slots=True)
class NetworkPolicy:
    """The rules that let in, and those that keep out."""

    allowed: tuple[ObjectId, ...] = ()
    blocked: tuple[ObjectId, ...] = ()


Content = AuthenticationPolicy | NetworkRule | NetworkPolicy | None


def allows_method(account: Account, user: User, method: str) -> bool:
    """Say whether the user's authentication policy allows a method; without one all are."""
    policy = account.objects.get(user.authentication_policy) if user.authentication_policy else None
    return not isinstance(policy, AuthenticationPolicy) or policy.allows(method)


def allows_address(account: Account, user: User, address: str) -> bool:
    """Say whether the user's network policy lets in a request over the public network.

    A blocked rule comes first. One allowed IPv4 rule shuts out all other IPv4 addresses; a rule
    of VPC endpoints has no effect on the public network ([D] user-guide/network-policies).
    """
    policy = account.objects.get(user.network_policy) if user.network_policy else None
    if not isinstance(policy, NetworkPolicy):
        return True
    if any(rule.contains(address) for rule in _ipv4_rules(account, policy.blocked)):
        return False
    allowed = _ipv4_rules(account, policy.allowed)
    return not allowed or any(rule.contains(address) for rule in allowed)


def _ipv4_rules(account: Account, names: tuple[ObjectId, ...]) -> list[NetworkRule]:
    rules = (account.objects.get(name) for name in names)
    return [rule for rule in rules if isinstance(rule, NetworkRule) and rule.rule_type == IPV4]
