"""What is written in the picture can be read."""

import pytest

from sandbox.programs.demo import colours

AT_LEAST = 4.5


def test_the_contrast_is_that_of_the_guidelines() -> None:
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert colours.contrast("#0072b2", "#0072b2") == 1


@pytest.mark.parametrize("fill", colours.KEYS)
def test_a_bars_text_has_a_contrast_of_4_5_at_least(fill: str) -> None:
    assert colours.contrast(colours.text_on(fill), fill) >= AT_LEAST


@pytest.mark.parametrize("ink", [colours.INK, colours.ALARM])
@pytest.mark.parametrize("ground", [colours.PAPER, colours.STEP, colours.STEP_FAILED])
def test_what_is_written_beside_the_bars_has_it_too(ink: str, ground: str) -> None:
    assert colours.contrast(ink, ground) >= AT_LEAST
