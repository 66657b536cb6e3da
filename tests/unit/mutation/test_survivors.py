"""The list of explained mutants: what is read, and what is complained about."""

from pathlib import Path

import pytest

from tests.mutation.survivors import Mutant, judge, parse, read_explained

SHOWN = """# rotation.steps.x_run__mutmut_3: survived
--- rotation/steps/rotation.py
+++ rotation/steps/rotation.py
@@ -1,3 +1,3 @@
 def run() -> int:
-    return 1
+    return 2
"""
ONE = Mutant("rotation.steps.rotation.run", "return 1", "return 2")
OTHER = Mutant("rotation.steps.rotation.run", "return 1", "return 3")


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("rotation.steps.rotation.x_run__mutmut_3", "rotation.steps.rotation.run"),
        ("rotation.steps.rotation.x__shown__mutmut_12", "rotation.steps.rotation._shown"),
        (
            "rotation.steps.rotation.xǁRotationǁrun__mutmut_1",
            "rotation.steps.rotation.Rotation.run",
        ),
    ],
)
def test_a_mutant_is_read_from_its_name_and_difference(name: str, function: str) -> None:
    assert parse(name, SHOWN) == Mutant(function, "return 1", "return 2")


def test_what_survives_and_is_explained_is_no_complaint() -> None:
    assert judge([ONE], [ONE]) == []


def test_a_survivor_that_is_not_explained_is_a_complaint() -> None:
    (complaint,) = judge([ONE, OTHER], [ONE])
    assert complaint.startswith("survived, and is not explained")
    assert "return 3" in complaint


def test_an_explained_mutant_that_is_killed_now_is_a_complaint() -> None:
    (complaint,) = judge([], [ONE])
    assert complaint.startswith("explained, but does not survive any more")


def test_an_entry_needs_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "survivors.toml"
    entry = "[[survivor]]\nfunction = 'f'\nbefore = 'a'\nafter = 'b'\nbecause = "
    path.write_text(entry + "' '\n")
    with pytest.raises(ValueError, match="no reason"):
        read_explained(path)
    path.write_text(entry + "'equivalent'\n")
    assert read_explained(path) == [Mutant("f", "a", "b")]


def test_every_listed_survivor_has_a_reason() -> None:
    assert read_explained(Path(__file__).parents[2] / "mutation" / "survivors.toml")
