"""The resolver against the examples' meaning in CloudFormation's reference."""

from typing import Any

import pytest

from tests.policy.intrinsics import NO_VALUE, Intrinsics

TEMPLATE = {
    "Parameters": {
        "Name": {"Type": "String"},
        "Empty": {"Type": "String", "Default": ""},
        "Size": {"Type": "Number", "Default": 2048},
        "Several": {"Type": "CommaDelimitedList", "Default": "a,b"},
    },
    "Conditions": {
        "HasName": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, ""]}]},
        "HasEmpty": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Empty"}, ""]}]},
        "HasBoth": {"Fn::And": [{"Condition": "HasName"}, {"Condition": "HasEmpty"}]},
        "HasEither": {"Fn::Or": [{"Condition": "HasName"}, {"Condition": "HasEmpty"}]},
    },
}
NOTHING = {"Ref": "AWS::NoValue"}


def attribute(name: str, attribute: str | None) -> str:
    return {("Role", "Arn"): "arn:role", ("Topic", None): "arn:topic"}[name, attribute]


INTRINSICS = Intrinsics(TEMPLATE, {"Name": "x"}, {"AWS::Region": "eu-west-1"}, attribute)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("text", "text", id="text stays"),
        pytest.param({"Ref": "Name"}, "x", id="a parameter's value"),
        pytest.param({"Ref": "Size"}, "2048", id="a parameter's default, as text"),
        pytest.param({"Ref": "Several"}, ["a", "b"], id="a list parameter"),
        pytest.param({"Ref": "AWS::Region"}, "eu-west-1", id="a pseudo parameter"),
        pytest.param({"Ref": "Topic"}, "arn:topic", id="a resource"),
        pytest.param({"Fn::GetAtt": ["Role", "Arn"]}, "arn:role", id="an attribute"),
        pytest.param({"Fn::Sub": "${AWS::Region}/${Name}/${Role.Arn}/${!x}"},
                     "eu-west-1/x/arn:role/${x}", id="Sub finds all kinds and the escape"),
        pytest.param({"Fn::Sub": ["${Own}${Name}", {"Own": {"Ref": "Name"}}]}, "xx",
                     id="Sub with values of its own"),
        pytest.param({"Fn::Join": ["-", ["a", {"Ref": "Name"}]]}, "a-x", id="Join"),
        pytest.param({"Fn::Join": ["", {"Ref": "Several"}]}, "ab", id="Join of a list parameter"),
        pytest.param({"Fn::Split": [",", "a,b"]}, ["a", "b"], id="Split"),
        pytest.param({"Fn::If": ["HasName", "yes", NOTHING]}, "yes", id="If holds"),
        pytest.param([1, {"Fn::If": ["HasEmpty", 2, NOTHING]}], [1], id="NoValue leaves a list"),
        pytest.param({"a": 1, "b": NOTHING}, {"a": 1}, id="NoValue leaves an object"),
        pytest.param({"Condition": {"StringEquals": 1}}, {"Condition": {"StringEquals": 1}},
                     id="a policy's Condition is no function"),
    ],
)  # fmt: skip
def test_a_value_resolves_to(value: object, expected: object) -> None:
    assert INTRINSICS.resolve(value) == expected


@pytest.mark.parametrize(
    ("name", "holds"),
    [("HasName", True), ("HasEmpty", False), ("HasBoth", False), ("HasEither", True)],
)
def test_a_condition(name: str, *, holds: bool) -> None:
    assert INTRINSICS.condition(name) is holds


def test_no_value_alone_is_told_from_null() -> None:
    assert INTRINSICS.resolve(NOTHING) is NO_VALUE


@pytest.mark.parametrize(
    ("value", "error"),
    [
        pytest.param({"Fn::Cidr": ["10.0.0.0/8", 1]}, ValueError, id="a function not known here"),
        pytest.param({"Fn::Join": "ab"}, ValueError, id="an argument of another shape"),
        pytest.param({"Ref": "Nowhere"}, KeyError, id="a name that is nowhere"),
        pytest.param({"Fn::GetAtt": ["Role", "Name"]}, KeyError, id="an attribute not known here"),
        pytest.param({"Fn::If": ["Nowhere", 1, 2]}, KeyError, id="a condition that is nowhere"),
    ],
)
def test_what_is_not_known_is_refused(value: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        INTRINSICS.resolve(value)


def test_a_parameter_without_value_and_default_is_refused() -> None:
    with pytest.raises(KeyError):
        Intrinsics(TEMPLATE, {}, {}, attribute).resolve({"Ref": "Name"})
