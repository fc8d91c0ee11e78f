"""A figure as an element of a page draws what its file draws, in less space."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from handoff.report.inline import PLACES, Inliner, path

SVG = """<?xml version="1.0"?>
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="72pt" height="36pt" viewBox="0 0 72 36" xmlns="http://www.w3.org/2000/svg">
<defs><style type="text/css">*{stroke-linejoin: round}.sa{fill: #ffffff; stroke: red}</style></defs>
<g><g>
<path d="M1 2L3.04 2L3.04 -8L1 -8z" class="sa" clip-path="url(#p1)"/>
<path d="M5 5L6.55 7.77" class="sa" clip-path="url(#p1)"/>
</g>
<path d="M0 0L1 1" style="fill: url(#h1); opacity: 0.5"/>
<g class="tip" tabindex="0" role="img"><title>a &lt; b</title><use xlink:href="#m1" x="10.04" y="-0.04" class="sa"/></g>
<defs><path id="m1" d="M0 0.25C0.13 0.25 0.25 0.13 0.25 0z"/></defs>
<text x="1.26" y="2">mutex &amp; ring</text></g>
<defs><clipPath id="p1"><rect x="0" y="0" width="9" height="9"/></clipPath>
<pattern id="h1"><rect x="0" y="0" width="1" height="1"/></pattern></defs>
</svg>"""


def _places(text: str) -> list[tuple[float, float]]:
    """Where a short path has been, in the places of its page."""
    found, x, y, start = [], 0.0, 0.0, (0.0, 0.0)
    for command, rest in re.findall(r"([A-Za-z])([^A-Za-z]*)", text):
        values = [float(one) for one in re.findall(r"-?\d*\.?\d+", rest)]
        if command == "z":
            x, y = start
            continue
        if command in "hv":
            x, y = (x + values[0], y) if command == "h" else (x, y + values[0])
            found.append((x, y))
            continue
        base = (0.0, 0.0) if command == "M" else (x, y)
        found += [(base[0] + a, base[1] + b) for a, b in zip(values[::2], values[1::2])]
        x, y = found[-1]
        start = (x, y) if command == "M" else start
    return found


def test_a_path_goes_through_the_same_places_however_long_it_is() -> None:
    # Thirds: rounded one by one, so that no error adds up.
    absolute = [(i / 3, (i * i) / 7) for i in range(400)]
    text = "M" + "L".join(f"{x:.4f} {y:.4f}" for x, y in absolute) + "z"
    text += "M1 2C3.5 -4 5 6.25 7 8Q9 9 -0.04 10L-0.04 12L5 12z"
    wanted = [*absolute, (1, 2), (3.5, -4), (5, 6.25), (7, 8), (9, 9), (-0.04, 10), (-0.04, 12), (5, 12)]
    short = path(text, PLACES)
    assert len(_places(short)) == len(wanted)
    for (x, y), (a, b) in zip(_places(short), wanted):
        assert abs(x - a) <= 0.0501 and abs(y - b) <= 0.0501
    assert len(short) < len(text) / 2


def test_a_path_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="command 'A'; valid: M, L, C, Q, z"):
        path("M0 0A1 1 0 0 0 2 2", PLACES)


def test_what_is_alike_is_said_once_and_what_is_referred_to_is_there() -> None:
    page = Inliner()
    one, other = (ElementTree.fromstring(page.inline(SVG, name)) for name in ("One?", "Other?"))
    ids: list[str] = []
    for root in (one, other):
        own = [found.attrib["id"] for found in root.iter() if "id" in found.attrib]
        text = ElementTree.tostring(root, encoding="unicode")
        referred = re.findall(r"url\(#([^)]*)\)", text) + re.findall(r'href="#([^"]*)"', text)
        assert set(referred) == set(own) and len(own) == 3
        ids += own
        assert ["".join(found.itertext()) for found in root.iter("text")] == ["mutex & ring"]
        assert [found.text for found in root.iter("title")] == ["a < b"]
        (group,) = [found for found in root.iter("g") if "clip-path" in found.attrib]
        assert [found.attrib for found in group] == [{"d": "M1 2h2v-10h-2z"}, {"d": "M5 5l1.6 2.8"}]
        styles = "".join(found.text or "" for found in root.iter("style"))
        # Said of `*` it would win over what a group says of all that it holds.
        assert "svg{stroke-linejoin: round}" in styles and "*{" not in styles
        for name in {found.attrib["class"] for found in root.iter() if "class" in found.attrib} - {"tip"}:
            assert f".{name}{{" in styles
    assert len(set(ids)) == 6, "no id is there twice on a page"
    assert one.attrib == {"role": "img", "aria-label": "One?", "viewBox": "0 0 72 36"}


def test_what_is_half_transparent_is_in_no_group() -> None:
    text = SVG.replace("stroke: red", "stroke: red; opacity: 0.5")
    root = ElementTree.fromstring(Inliner().inline(text, "One?"))
    assert [
        found for found in root.iter("g") if "class" in found.attrib and found.get("class") != "tip"
    ] == []
