"""Bad events and secrets are refused by name, without an effect and without a leak."""

import contextlib
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rotation.errors.function import InvalidEvent
from rotation.errors.secret import InvalidAccount, MalformedSecret
from rotation.keys import credential
from rotation.keys.form import SecretForm
from rotation.rules.events import RotationRequest
from rotation.rules.words import Sensitive
from tests.proof.tally import Tally
from tests.proof.wire import bad_input, crew, fuzzing, parts


def test_fuzzed_events_and_secrets_are_refused_by_name() -> None:
    tally = parts.bad_input(long=False, progress=lambda _: None)
    assert tally == Tally("bad events and secrets", 2 * parts.SHORT_EXAMPLES), tally.stories


def test_a_handler_that_shows_what_it_was_given_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = credential.read

    def showing(text: Sensitive[str], form: SecretForm) -> credential.Credential:
        with contextlib.suppress(MalformedSecret):
            return read(text, form)
        raise MalformedSecret(f"can't use {text.reveal()}")

    monkeypatch.setattr(credential, "read", showing)
    with crew.new_bench() as bench:
        state = crew.Worker(bench).course(0).states["setSecret"]
        stories = fuzzing.fuzz(bench, state, 10, lambda: None)
    assert {violation.kind for _, violation in stories} == {"leak"}


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("aZ09-_./:@#?\\ \n\u3002%"), min_size=1, max_size=60))
def test_an_account_that_is_accepted_names_a_host_of_snowflake_and_nothing_else(
    account: str,
) -> None:
    try:
        credential._account(account)
    except InvalidAccount:
        return
    url = urlsplit(f"https://{account}.snowflakecomputing.com")
    assert url.netloc == url.hostname or url.netloc.lower() == url.hostname
    assert (url.port, url.username, url.path, url.query, url.fragment) == (None, None, "", "", "")
    assert url.netloc == f"{account}.snowflakecomputing.com"


@pytest.mark.parametrize("hostile", bad_input.HOSTILE)
def test_no_hostile_text_is_an_account(hostile: str) -> None:
    with pytest.raises(InvalidAccount):
        credential._account(hostile)


@pytest.mark.parametrize("field", ["SecretId", "ClientRequestToken", "RotationToken"])
def test_an_event_that_could_not_be_logged_is_refused(field: str) -> None:
    # A lone surrogate is in no UTF-8: the line that names the failure would have been lost.
    event = {"Step": "createSecret", "SecretId": "name", "ClientRequestToken": "0" * 32}
    with pytest.raises(InvalidEvent, match=field):
        RotationRequest.from_event({**event, field: "\ud800"})
