"""A made-up build, as `sam build` lays it out."""

import shutil
from pathlib import Path

TEMPLATE = """
Globals:
  Function:
    Layers:
    - Ref: DependenciesLayer
    Environment:
      Variables:
        POWERTOOLS_LOG_LEVEL:
          Ref: LogLevel
Resources:
  RotationFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: RotationFunction
      Handler: rotation.handler.lambda_handler
      Environment:
        Variables:
          SNOWFLAKE_ROLE:
            Ref: SnowflakeRole
          ALLOWED_SNOWFLAKE_ACCOUNTS:
            Ref: AllowedSnowflakeAccounts
          ALLOWED_USERS:
            Ref: AllowedUsers
          SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'true'
  RetirementFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: RetirementFunction
      Handler: rotation.hourly_handler.lambda_handler
      Environment:
        Variables:
          ROTATION_FUNCTION_ARN:
            Fn::GetAtt:
            - RotationFunction
            - Arn
  DependenciesLayer:
    Type: AWS::Serverless::LayerVersion
    Properties:
      ContentUri: DependenciesLayer
  RotationLogGroup:
    Type: AWS::Logs::LogGroup
"""
HANDLERS = {
    "RotationFunction/rotation/handler.py": b"def lambda_handler(): ...\n",
    "RetirementFunction/rotation/hourly_handler.py": b"def lambda_handler(): ...\n",
}


def write_build(folder: Path, layer_file: bytes = b"", template: str = TEMPLATE) -> None:
    """Write a build of two functions and a layer, with next to nothing in them."""
    contents = {"DependenciesLayer/python/library.so": layer_file, **HANDLERS}
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    (folder / "template.yaml").write_text(template, encoding="utf-8")


def build_of_the_source(folder: Path, repository: Path, template: str = TEMPLATE) -> Path:
    """Write a build of the functions as they are, and of a layer with next to nothing in it."""
    write_build(folder, template=template)
    for name in ("RotationFunction", "RetirementFunction"):
        shutil.rmtree(folder / name)
        shutil.copytree(repository / "rotation", folder / name / "rotation")
    return folder
