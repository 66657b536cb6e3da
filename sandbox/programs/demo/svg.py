"""The few shapes of SVG that the picture is made of."""

from __future__ import annotations

import xml.etree.ElementTree as ET

__all__ = ["Drawing"]


class Drawing:
    """A picture of a width and height in pixels, with what a screen reader says of it."""

    def __init__(self, width: float, height: float, title: str, description: str) -> None:
        self._root = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {width:g} {height:g}",
                "font-family": "system-ui, sans-serif",
                "font-size": "12",
                "role": "img",
                "aria-labelledby": "title description",
            },
        )
        for name, text in (("title", title), ("desc", description)):
            element = ET.SubElement(self._root, name)
            element.set("id", "title" if name == "title" else "description")
            element.text = text

    def rectangle(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        """Draw a rectangle."""
        self._shape("rect", {"x": x, "y": y, "width": width, "height": height}, fill=fill)

    def dot(self, x: float, y: float, radius: float, fill: str) -> None:
        """Draw a circle."""
        self._shape("circle", {"cx": x, "cy": y, "r": radius}, fill=fill)

    def line(self, x1: float, y1: float, x2: float, y2: float, stroke: str) -> None:
        """Draw a thin line."""
        self._shape("line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2}, stroke=stroke)

    def text(self, x: float, y: float, text: str, fill: str, *, slope: float = 0) -> None:
        """Write a text from the point on, ``slope`` degrees upwards."""
        numbers = {} if slope else {"x": x, "y": y}
        turned = {"transform": f"translate({x:g},{y:g}) rotate({-slope:g})"} if slope else {}
        self._shape("text", numbers, fill=fill, **turned).text = text

    def __str__(self) -> str:
        """Return the picture as SVG."""
        return ET.tostring(self._root, encoding="unicode") + "\n"

    def _shape(self, name: str, numbers: dict[str, float], **texts: str) -> ET.Element:
        shown = {key: f"{round(number, 1):g}" for key, number in numbers.items()}
        return ET.SubElement(self._root, name, shown | texts)
