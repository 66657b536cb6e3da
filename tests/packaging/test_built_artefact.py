from pathlib import Path

import pytest

from layers.built import functions
from tests.packaging.builds import TEMPLATE, write_build


def test_functions_layers_and_variables_come_from_the_builds_own_template(tmp_path: Path) -> None:
    write_build(tmp_path)
    rotation, watch, retirement = functions(tmp_path)
    assert [rotation.logical_id, watch.logical_id, retirement.logical_id] == [
        "RotationFunction",
        "WatchFunction",
        "RetirementFunction",
    ]
    assert rotation.code == tmp_path / "RotationFunction"
    assert watch.handler == "rotation.watch_handler.lambda_handler"
    assert watch.handler_module == tmp_path / "WatchFunction" / "rotation" / "watch_handler.py"
    for function in (rotation, watch, retirement):
        assert function.import_paths == (tmp_path / "DependenciesLayer" / "python",)
    assert set(watch.environment) == {"POWERTOOLS_LOG_LEVEL", "ROTATION_FUNCTION_ARN"}
    assert rotation.environment["SNOWFLAKE_DISABLE_PLATFORM_DETECTION"] == "true"
    assert {"POWERTOOLS_LOG_LEVEL", "ALLOWED_USERS"} < set(rotation.environment)


def test_a_layer_from_elsewhere_is_refused(tmp_path: Path) -> None:
    arn = "arn:aws:lambda:eu-west-1:123456789012:layer:other:1"
    write_build(tmp_path, template=TEMPLATE.replace("Ref: DependenciesLayer", arn))
    with pytest.raises(ValueError, match="layer from elsewhere"):
        functions(tmp_path)
