"""What `make clients` calls a success. The clients themselves are not run here."""

import pytest

from tests.clients.judgement import Ending, Result, judge
from tests.clients.model import Form, Start

SECRET = {
    "privateKey": f"-----BEGIN PRIVATE KEY-----\n{'k' * 64}\n-----END PRIVATE KEY-----\n",
    "passphrase": "p" * 43,
}
TAKEN = Form("setting", "privateKey", lambda _, __: Start((), {}))
NOT_TAKEN = Form("setting", "privateKey", lambda _, __: Start((), {}), taken=False)
NO_LOGIN = "FAILED: no login with the new key,"


@pytest.mark.parametrize(
    ("form", "ending", "result"),
    [
        pytest.param(
            TAKEN, Ending(0, "", logged_in=True), Result(good=True, text="logged in"), id="in"
        ),
        pytest.param(
            TAKEN,
            Ending(0, "ok", logged_in=False),
            Result(good=False, text=f"{NO_LOGIN} exit 0: ok"),
            id="success that the sandbox did not see",
        ),
        pytest.param(
            TAKEN,
            Ending(1, "a\n│ Error: no b │\n╰──╯\nsee there\n", logged_in=True),
            Result(good=False, text="FAILED: logged in, then exit 1: Error: no b"),
            id="failed after its login, within a frame",
        ),
        pytest.param(
            NOT_TAKEN,
            Ending(1, "no", logged_in=False),
            Result(good=True, text="refused, as documented"),
            id="refused where that is known",
        ),
        pytest.param(
            NOT_TAKEN,
            Ending(0, "", logged_in=True),
            Result(good=False, text="FAILED: was let in"),
            id="taken where a refusal is documented",
        ),
        pytest.param(
            TAKEN,
            Ending(0, f"key: {'k' * 64}", logged_in=True),
            Result(good=False, text="FAILED: its output shows privateKey"),
            id="the key in its output",
        ),
        pytest.param(
            NOT_TAKEN,
            Ending(1, f"bad passphrase {'p' * 43}", logged_in=False),
            Result(good=False, text="FAILED: its output shows passphrase"),
            id="the passphrase in its output",
        ),
    ],
)
def test_only_a_login_that_the_sandbox_saw_counts_and_no_output_repeats_a_key(
    form: Form, ending: Ending, result: Result
) -> None:
    assert judge(form, SECRET, ending) == result
