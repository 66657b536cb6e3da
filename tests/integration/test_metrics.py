"""The metrics of real runs: what alarms and dashboards can refer to."""

from tests.shared.metrics import emitted, read

STEP = frozenset({"service", "step"})
EXPECTED = {
    ("StepSucceeded", STEP),
    ("StepSeconds", STEP),
    ("StepFailed", STEP),
    ("RetirementUnfinished", STEP),
    ("Failure", frozenset({"service", "reason"})),
    *(
        (name, frozenset({"service"}))
        for name in (
            "SecretsWatched",
            "OldestKeyAgeDays",
            "MostDaysOverdue",
            "RotationsDisabled",
            "WatchFailures",
        )
    ),
    ("KeyAgeDays", frozenset({"service", "secret"})),
    ("DaysOverdue", frozenset({"service", "secret"})),
}


def test_both_functions_emit_these_metrics_and_no_other() -> None:
    assert emitted().names == EXPECTED
    assert emitted().namespaces == {"SnowflakeKeyRotation"}


def test_all_metrics_of_a_stack_have_one_service() -> None:
    assert emitted().values_of("service") == {"snowflake-key-rotation"}
    assert emitted().values_of("secret") == {"snowflake/svc-pipeline"}


def test_a_failure_is_counted_under_its_reason() -> None:
    assert emitted().reasons == {
        "ForeignKey",
        "CurrentKeyNotInstalled",
        "InsufficientPrivilege",
        "IdentityChanged",
        "IdentityNotAllowed",
    }


def test_a_log_without_metrics_has_none() -> None:
    assert read(["", 'START RequestId\n{"level":"INFO"}\n']).metrics == ()
