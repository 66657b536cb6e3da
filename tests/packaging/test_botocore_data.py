"""The layer's botocore finds the endpoints and operations that the whole one finds."""

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.loaders import Loader
from botocore.regions import EndpointResolver
from botocore.session import Session

from layers import botocore_data, trim

WHOLE = Path(botocore.__file__).parent / "data"
# What the functions call, and the connector's rotation admin by workload identity.
CALLED = ("secretsmanager", "ecs", "lambda", "sts")


@pytest.fixture(scope="module")
def shorter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """botocore's own data as the layer has it."""
    data = tmp_path_factory.mktemp("site") / "data"
    data.mkdir()
    for path in WHOLE.iterdir():
        if path.name in trim.KEPT_SERVICES:
            shutil.copytree(path, data / path.name)
        elif path.is_file():
            shutil.copyfile(path, data / path.name)
    botocore_data.cut(data, trim.KEPT_SERVICES)
    return data


@cache
def document(data: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((data / "endpoints.json").read_text("utf-8"))
    return found


def session(data: Path) -> Session:
    found = Session()
    loader = Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
    found.register_component("data_loader", loader)
    return found


def regions() -> list[tuple[str, str]]:
    return [
        (one["partition"], region)
        for one in document(WHOLE)["partitions"]
        for region in [*one["regions"], "no-such-region-9"]
    ]


def test_the_list_is_shorter_and_has_every_partition_and_region(shorter: Path) -> None:
    lists = [document(data)["partitions"] for data in (WHOLE, shorter)]
    assert [one["partition"] for one in lists[1]][:3] == ["aws", "aws-cn", "aws-us-gov"]
    whole, short = ([{**one, "services": None} for one in partitions] for partitions in lists)
    assert short == whole
    sizes = [(data / "endpoints.json").stat().st_size for data in (WHOLE, shorter)]
    assert sizes[1] < sizes[0] / 10


@pytest.mark.parametrize("service", CALLED)
def test_every_region_of_every_partition_resolves_alike(shorter: Path, service: str) -> None:
    whole, short = (EndpointResolver(document(data)) for data in (WHOLE, shorter))
    found = [short.construct_endpoint(service, region, name) for name, region in regions()]
    assert found == [whole.construct_endpoint(service, region, name) for name, region in regions()]
    assert sum(endpoint is not None for endpoint in found) > 40


@pytest.mark.parametrize("service", CALLED)
@pytest.mark.parametrize(
    ("region", "domain"),
    [
        ("eu-west-1", "amazonaws.com"),
        ("cn-north-1", "amazonaws.com.cn"),
        ("us-gov-west-1", "amazonaws.com"),
    ],
)
def test_a_client_calls_its_partition(
    shorter: Path, service: str, region: str, domain: str
) -> None:
    client = session(shorter).create_client(service, region)
    assert client.meta.endpoint_url == f"https://{service}.{region}.{domain}"


@pytest.mark.parametrize("service", CALLED)
def test_a_model_loses_its_texts_and_nothing_else(shorter: Path, service: str) -> None:
    whole, short = (session(data).get_service_model(service) for data in (WHOLE, shorter))
    assert short.operation_names == whole.operation_names
    assert short.shape_names == whole.shape_names
    for name in whole.operation_names:
        ours, theirs = short.operation_model(name), whole.operation_model(name)
        assert theirs.documentation
        assert not ours.documentation
        for shape, other in zip(
            (ours.input_shape, ours.output_shape),
            (theirs.input_shape, theirs.output_shape),
            strict=True,
        ):
            assert (shape and list(shape.members)) == (other and list(other.members))


def test_what_is_named_documentation_stays() -> None:
    member = {"shape": "Text", "documentation": "What it says."}
    model = {"members": {"documentation": member}, "required": ["documentation"]}
    assert botocore_data.without_documentation(model) == {
        "members": {"documentation": {"shape": "Text"}},
        "required": ["documentation"],
    }
