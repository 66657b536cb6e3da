"""docs/demo.svg is a picture that this code draws, with what its readers need."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

from sandbox.programs.demo import colours, layout, timeline

NAMESPACE = "{http://www.w3.org/2000/svg}"
FILE = Path(__file__).parents[4] / "docs" / "demo.svg"
PICTURE = ET.fromstring(FILE.read_text(encoding="utf-8"))  # noqa: S314 (our own file)
TEXTS = PICTURE.findall(f"{NAMESPACE}text")


def test_a_screen_reader_finds_a_title_and_a_description() -> None:
    assert PICTURE.get("role") == "img"
    named = [PICTURE.find(f"{NAMESPACE}*[@id='{one}']") for one in ("title", "description")]
    assert [one is not None and one.text for one in named] == [
        timeline.TITLE,
        timeline.DESCRIPTION,
    ]
    assert PICTURE.get("aria-labelledby") == "title description"


def test_one_line_says_what_the_dots_the_numbers_and_1_h_later_are() -> None:
    assert timeline.LEGEND.format(failed="") in [one.text for one in TEXTS]


def test_the_steps_names_are_as_far_apart_as_they_are_high() -> None:
    turned = [one.get("transform") or "" for one in TEXTS if one.get("transform")]
    places = [float(re.findall(r"translate\(([\d.]+),", one)[0]) for one in turned]
    assert len(places) == 18
    assert all(after - before >= timeline.NAME_GAP - 0.2 for before, after in pairwise(places))


def test_ticks_are_apart_by_the_length() -> None:
    found = (re.fullmatch(r"(\d+) s", one.text or "") for one in TEXTS)
    ticks = [int(one[1]) for one in found if one]
    step = ticks[1]
    assert ticks == list(range(0, ticks[-1] + 1, step))
    assert step in layout.TICKS
    assert len(ticks) <= layout.MOST_TICKS + 1


def test_what_is_written_on_a_bar_is_in_the_colour_that_is_read_there() -> None:
    bars = [one for one in PICTURE.findall(f"{NAMESPACE}rect") if one.get("fill") in colours.KEYS]
    on_bars = 0
    for text in (one for one in TEXTS if re.fullmatch(r"[\w+/]{6}", one.text or "")):
        (bar,) = [one for one in bars if inside(text, one)]
        ground, ink = str(bar.get("fill")), str(text.get("fill"))
        assert colours.contrast(ink, ground) >= 4.5
        on_bars += 1
    assert on_bars >= 8


def inside(text: ET.Element, bar: ET.Element) -> bool:
    x, y = (float(text.get(name, "-1")) for name in ("x", "y"))
    left, top, width, height = (float(bar.get(name, "0")) for name in ("x", "y", "width", "height"))
    return left <= x <= left + width and top <= y <= top + height
