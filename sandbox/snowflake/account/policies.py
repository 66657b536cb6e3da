"""Authentication policies, network rules and network policies.

Sources: [D] user-guide/authentication-policies, user-guide/network-policies. A policy of the
account itself is not modelled: ``Account.network_allowed`` stands for one.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.snowflake.objects import ObjectId

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
