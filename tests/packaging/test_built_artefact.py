from pathlib import Path

import pytest

from layers.built import functions
from tests.packaging.builds import TEMPLATE, write_build


def test_functions_layers_and_variables_come_from_the_builds_own_template(tmp_path: Path) -> None:
    write_build(tmp_path)
    rotation, retirement = functions(tmp_path)
    assert [rotation.logical_id, retirement.logical_id] == [
        "RotationFunction",
        "RetirementFunction",
    ]
    assert rotation.code == tmp_path / "RotationFunction"
    assert retirement.handler == "rotation.hourly_handler.lambda_handler"
    module = tmp_path / "RetirementFunction" / "rotation" / "hourly_handler.py"
    assert retirement.handler_module == module
    for function in (rotation, retirement):
        assert function.import_paths == (tmp_path / "DependenciesLayer" / "python",)
    assert set(retirement.environment) == {"POWERTOOLS_LOG_LEVEL", "ROTATION_FUNCTION_ARN"}
    assert rotation.environment["SNOWFLAKE_DISABLE_PLATFORM_DETECTION"] == "true"
    assert {"POWERTOOLS_LOG_LEVEL", "ALLOWED_USERS"} < set(rotation.environment)


def test_a_layer_from_elsewhere_is_refused(tmp_path: Path) -> None:
    arn = "arn:aws:lambda:eu-west-1:123456789012:layer:other:1"
    write_build(tmp_path, template=TEMPLATE.replace("Ref: DependenciesLayer", arn))
    with pytest.raises(ValueError, match="layer from elsewhere"):
        functions(tmp_path)
