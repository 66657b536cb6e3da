"""``make fleet``: a table of what an hour costs as secrets grow, and build/fleet.svg."""

# ruff: noqa: T201 (it speaks to a person)

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.fleet import plot
from tests.fleet.account import new_account
from tests.fleet.hours import Run, a_month, all_at_once, fleet, longest_gap_hours

SIZES = (100, 1_000, 3_000, 10_000)
SERVICES = 1_000
_MONTHS_HOURS, _ROTATED_HOURS = 50, 30
_FILE = Path("build/fleet.svg")


@dataclass(frozen=True)
class Row:
    """One size: the dearest hour of a month, and the longest gaps in hours."""

    secrets: int
    calls: int
    seconds: float
    age_hours: float
    gap_hours: float


def measured(secrets: int) -> Row:
    """Run days in virtual time: a month's rotations, and then all rotated at once."""
    with fleet(new_account(secrets, SERVICES)) as of:
        # The first hour reads every definition: a cold start.
        runs = _shown(f"{secrets} in a month", a_month(of, _MONTHS_HOURS), _MONTHS_HOURS)[1:]
        age = longest_gap_hours(one.readings for one in of.account.secrets.values())
    with fleet(new_account(secrets, SERVICES)) as of:
        _shown(f"{secrets} at once", all_at_once(of, _ROTATED_HOURS), _ROTATED_HOURS)
        gap = longest_gap_hours(one.looks for one in of.account.secrets.values())
    calls = max(sum(one.calls.values()) for one in runs)
    return Row(secrets, calls, max(one.seconds for one in runs), age, gap)


def events() -> tuple[int, int]:
    """Return the calls of a promotion's event, cold and warm."""
    with fleet(new_account(SERVICES, SERVICES)) as of:
        first, second, *_ = of.account.secrets.values()
        cold = of.event(first)
        of.account.now += timedelta(minutes=6)
        warm = of.event(second)
    return sum(cold.calls.values()), sum(warm.calls.values())


def throttled() -> Run:
    """Return an hour in which ECS refuses every list to a hundred secrets."""
    account = new_account(100, SERVICES)
    account.throttled = True
    with fleet(account) as of:
        return next(all_at_once(of, 1))


def _shown(what: str, runs: Iterator[Run], count: int) -> list[Run]:
    found = []
    for number, run in enumerate(runs, 1):
        found.append(run)
        if sys.stderr.isatty():
            done = "#" * (30 * number // count)
            print(f"\r{what:>20} [{done:<30}]", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    return found


def _table(rows: Iterable[Row]) -> Iterator[str]:
    yield "secrets  calls/hour  seconds  oldest age  gap of looks"
    for one in rows:
        yield (
            f"{one.secrets:7}  {one.calls:10}  {one.seconds:7.0f}  {one.age_hours:8.2f} h"
            f"  {one.gap_hours:10.2f} h"
        )


def main() -> None:
    rows = [measured(secrets) for secrets in SIZES]
    print("\n".join(_table(rows)))
    cold, warm = events()
    print(f"A promotion's event, {SERVICES} services: {warm} calls warm, {cold} cold.")
    refused = throttled()
    calls, looked = sum(refused.calls.values()), refused.values["SecretsLookedAt"]
    print(f"ECS refuses its lists: {calls} calls, {looked:.0f} of 100 secrets looked at.")
    _FILE.parent.mkdir(exist_ok=True)
    _FILE.write_text(plot.drawn(rows), encoding="utf-8")
    print(f"Drawn: {_FILE}")


if __name__ == "__main__":
    main()
