"""Tokens: what is renewed, what is gone."""

from __future__ import annotations

import pytest

from sandbox.snowflake import SnowflakeError, User
from sandbox.snowflake.login.sessions import Session, Sessions, token_in
from tests.sandbox.snowflake.helpers import NOW


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(clock, 3600, 14400)


@pytest.fixture
def session(sessions: Sessions, clock: Clock) -> Session:
    return sessions.open(User("U", None, clock), "PUBLIC", {})


def code_for(sessions: Sessions, token: str) -> str:
    with pytest.raises(SnowflakeError) as caught:
        sessions.with_token(token)
    return caught.value.refusal.code


def test_a_token_leads_to_its_session(sessions: Sessions, session: Session) -> None:
    assert sessions.with_token(session.token) is session


@pytest.mark.parametrize("header", ["", "Bearer x", 'Snowflake Token="None"', 'Snowflake Token=""'])
def test_without_a_token_there_is_no_session(sessions: Sessions, header: str) -> None:
    assert code_for(sessions, token_in(header)) == "390104"


def test_a_token_expires_and_the_master_token_renews_it(
    sessions: Sessions, session: Session, clock: Clock
) -> None:
    first = session.token
    clock.now += 3600
    assert code_for(sessions, first) == "390112"

    sessions.renew(session.master_token)

    assert sessions.with_token(session.token) is session
    assert code_for(sessions, first) == "390112"


def test_a_renewal_whose_reply_was_lost_can_be_repeated(
    sessions: Sessions, session: Session
) -> None:
    master = session.master_token
    sessions.renew(master)

    assert sessions.renew(master) is session


def test_a_master_token_lives_on_while_the_session_is_used(
    sessions: Sessions, session: Session, clock: Clock
) -> None:
    clock.now += 3599
    sessions.with_token(session.token)
    clock.now += 14399
    sessions.renew(session.master_token)
    clock.now += 14400

    with pytest.raises(SnowflakeError, match="390114"):
        sessions.renew(session.master_token)


def test_an_unknown_master_token_is_refused(sessions: Sessions, session: Session) -> None:
    with pytest.raises(SnowflakeError, match="390113"):
        sessions.renew(session.token)


def test_a_closed_session_is_gone(sessions: Sessions, session: Session) -> None:
    sessions.close(session.token)

    assert code_for(sessions, session.token) == "390111"
    with pytest.raises(SnowflakeError, match="390111"):
        sessions.renew(session.master_token)
    with pytest.raises(SnowflakeError, match="390111"):
        sessions.close(session.token)


def test_a_session_does_not_print_its_tokens(session: Session) -> None:
    assert session.token not in repr(session)
    assert session.master_token not in repr(session)
