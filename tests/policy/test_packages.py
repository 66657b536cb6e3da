"""The evaluator's packages are pinned by hash and by nothing that says where they come from."""

import json
from pathlib import Path

FOLDER = Path(__file__).parent


def test_every_package_has_a_hash_and_no_address() -> None:
    lock = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: found for name, found in lock["packages"].items() if name}
    assert packages
    for name, found in packages.items():
        assert found["integrity"].startswith("sha512-"), name
        assert "resolved" not in found, name
        assert found["dev"], name


def test_the_lock_file_is_of_the_package_file() -> None:
    package = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))
    assert lock["packages"][""]["devDependencies"] == package["devDependencies"]
    assert "dependencies" not in package
