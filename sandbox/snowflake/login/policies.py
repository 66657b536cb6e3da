"""What a user's policies let in. Sources: as for ``account.policies``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.snowflake.account.policies import (
    IPV4,
    AuthenticationPolicy,
    NetworkPolicy,
    NetworkRule,
)

if TYPE_CHECKING:
    from sandbox.snowflake.account.accounts import Account
    from sandbox.snowflake.account.users import User
    from sandbox.snowflake.objects import ObjectId

KEY_PAIR = "KEYPAIR"


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
