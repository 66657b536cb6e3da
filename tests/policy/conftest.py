from collections.abc import Iterator

import pytest

from tests.policy.callers import KEY
from tests.policy.deployed import ACCOUNT, CLUSTER, Deployed
from tests.policy.evaluator import Evaluator
from tests.policy.parameters import OPTIONS, REQUIRED
from tests.policy.recording import Recording, record


def smallest() -> Deployed:
    return Deployed(REQUIRED)


def largest(region: str = "eu-west-1", partition: str = "aws") -> Deployed:
    here = {"KmsKeyArn": f"arn:{partition}:kms:{region}:{ACCOUNT}:{KEY}"}
    ecs = f"arn:{partition}:ecs:{region}:{ACCOUNT}:cluster"
    here["ConsumerClusters"] = f"{ecs}/{CLUSTER},{ecs}/reports"
    return Deployed({**REQUIRED, **OPTIONS, **here}, region, partition)


@pytest.fixture(scope="session")
def evaluator() -> Iterator[Evaluator]:
    with Evaluator() as evaluator:
        yield evaluator


@pytest.fixture(
    scope="session",
    params=[
        pytest.param(smallest, id="no options"),
        pytest.param(largest, id="every option"),
        pytest.param(lambda: largest("cn-north-1", "aws-cn"), id="every option, in China"),
    ],
)
def deployed(request: pytest.FixtureRequest) -> Deployed:
    made: Deployed = request.param()
    return made


@pytest.fixture(scope="session")
def with_every_option() -> Deployed:
    return largest()


@pytest.fixture(scope="session")
def recording() -> Recording:
    return record()
