"""The picture's colours, and what can be read on them."""

from __future__ import annotations

__all__ = ["ALARM", "GRID", "INK", "KEYS", "PAPER", "STEP", "STEP_FAILED", "contrast", "text_on"]

# Colours that stay apart for colour-blind eyes (Okabe and Ito), one a key.
KEYS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
PAPER, INK, GRID, ALARM = "#ffffff", "#222222", "#d9d9d9", "#b00000"
STEP, STEP_FAILED = "#f0f0f0", "#fbe3e3"
LIGHT, DARK = "#ffffff", "#000000"
LINEAR_BELOW = 0.04045


def text_on(fill: str) -> str:
    """Return white or black, whichever is read better on the colour."""
    return max(LIGHT, DARK, key=lambda colour: contrast(colour, fill))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours like "#0072b2", from 1 to 21.

    https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= LINEAR_BELOW else ((channel + 0.055) / 1.055) ** 2.4
