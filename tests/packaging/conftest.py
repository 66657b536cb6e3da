import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.packaging import cloudformation
from tests.packaging.cloudformation import Template

REPOSITORY = Path(__file__).parents[2]
SAM_PYTHON = REPOSITORY / ".venv-sam" / "bin" / "python"


@pytest.fixture(scope="session")
def template() -> Template:
    """template.yaml, with the short forms of functions made long."""
    return cloudformation.load((REPOSITORY / "template.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def translated() -> Template:
    """What SAM makes of template.yaml. `make validate` runs the tests that need it."""
    if not SAM_PYTHON.exists():
        pytest.skip("the translator comes with the SAM CLI; `make validate` installs it")
    command = [str(SAM_PYTHON), "-m", "layers.translate", "template.yaml"]
    environment = {"PATH": os.defpath, "AWS_DEFAULT_REGION": "eu-west-1"}
    result = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
    )
    document: Template = json.loads(result.stdout)
    return document


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY
