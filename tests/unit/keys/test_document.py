"""A secret's text is edited in place: whatever is not renewed stays byte for byte."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rotation.keys import credential, pair, renewal
from rotation.keys.document import SecretDocument
from rotation.keys.form import AWS_FORM
from rotation.rules.words import Sensitive
from tests.shared import keys


def same_key(text: str) -> bool:
    found = pair.read_private_key(text)
    return found.private_numbers() == keys.key("pending").private_numbers()


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3)
    ),
    max_leaves=8,
)
own_fields = st.dictionaries(
    st.text().filter(
        lambda n: n not in {"account", "user", "privateKey", "publicKey", "passphrase"}
    ),
    json_values,
    max_size=5,
)


@settings(max_examples=50, deadline=None)  # reading a key takes its time
@given(
    own_fields,
    st.permutations(["account", "user", "privateKey", "publicKey"]),
    st.sampled_from([None, 0, 1, 4, "\t"]),
    st.booleans(),
)
def test_every_other_field_stays_byte_for_byte(
    fields: dict[str, Any],
    order: list[str],
    indent: int | str | None,
    ascii_only: bool,  # noqa: FBT001
) -> None:
    known = json.loads(keys.secret_text("current"))
    content = fields | {name: known[name] for name in order}
    text = json.dumps(content, indent=indent, ensure_ascii=ascii_only)
    old = credential.read(Sensitive(text), AWS_FORM)
    renewed = renewal.renewed(old, keys.key("pending")).reveal()
    new = json.loads(renewed)
    # Putting the old keys back must give the old text, to the byte.
    for name in ("privateKey", "publicKey"):
        renewed = renewed.replace(json.dumps(new[name]), json.dumps(known[name]))
    assert renewed == text
    assert same_key(new["privateKey"])


def test_numbers_and_escapes_that_json_would_rewrite_stay() -> None:
    extra = r', "n": 1.10, "big": 123456789012345678901.5e+3, "u": "A\/"  }'
    text = keys.secret_text("current").removesuffix("}") + extra
    assert (
        renewal.renewed(credential.read(Sensitive(text), AWS_FORM), keys.key("pending"))
        .reveal()
        .endswith(extra)
    )


members = st.dictionaries(st.text(), json_values, min_size=1, max_size=6)
separators = st.sampled_from([", ", ",", " ,\n  ", ",\t"])


@given(members, separators, st.data())
def test_fields_are_replaced_added_and_removed_while_the_others_stay(
    content: dict[str, Any], separator: str, data: st.DataObject
) -> None:
    written = {name: f"{json.dumps(name)} :  {json.dumps(content[name])}" for name in content}
    text = "{ " + separator.join(written.values()) + "\n}"
    some = st.sets(st.sampled_from(sorted(content)), max_size=len(content) - 1)
    replaced, removed = data.draw(some), data.draw(some)
    removed -= replaced
    added = {f"{''.join(content)} {n}": "new" for n in range(data.draw(st.integers(0, 2)))}
    texts = dict.fromkeys(replaced, "new") | added
    result = SecretDocument(Sensitive(text)).rewritten(texts, removed).reveal()

    expected = {name: value for name, value in (content | texts).items() if name not in removed}
    assert list(json.loads(result).items()) == list(expected.items())
    place = 0
    for name in content:
        if name not in replaced | removed:
            place = result.index(written[name], place)  # as it was, and in the old order


@given(members, separators, st.sampled_from(["", " ", "\n"]))
def test_what_was_added_can_be_removed_without_a_trace(
    content: dict[str, Any], separator: str, end: str
) -> None:
    text = "{" + separator.join(f"{json.dumps(n)}: {json.dumps(content[n])}" for n in content)
    text += end + "}"
    added = {f"{''.join(content)} {n}": "new" for n in range(2)}
    longer = SecretDocument(Sensitive(text)).rewritten(added)
    assert SecretDocument(longer).rewritten({}, added).reveal() == text
