"""Figures as elements of a page, in less space than as files: what is drawn alike one after another is one group, ids
and classes are short, and coordinates have one decimal, a tenth of a point."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
# Per point. Marks are defined once and are small.
PLACES, PLACES_OF_MARKS = 10, 100
SHARED = ("class", "clip-path")  # what a group may say for all that it holds
# The opacity of a group is of the whole, where one of its elements lies on another, too.
OF_THE_WHOLE = re.compile(r"(?<![\w-])opacity:")
DRAWN = ("path", "text", "use")
NUMBER = r"-?\d*\.?\d+(?:e-?\d+)?"


class Inliner:
    """Of one page: a class means the same in all its figures, and no id is there twice."""

    def __init__(self) -> None:
        self._classes: dict[str, str] = {}
        self._ids = (f"i{number:x}" for number in itertools.count())

    def inline(self, svg: str, name: str) -> str:
        """Without prolog and size, and with a name for those who cannot see it."""
        root = ElementTree.fromstring(svg)
        root.attrib = {"role": "img", "aria-label": name, "viewBox": root.attrib["viewBox"]}
        self._shorten(root)
        _shorten_places(root)
        _gather(root, {name for rule, name in self._classes.items() if OF_THE_WHOLE.search(rule)})
        for one in root.iter():
            one.tag = one.tag.removeprefix(SVG)  # in HTML these need no namespace
        return ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")

    def _shorten(self, root: Element) -> None:
        rules: dict[str, str] = {}
        common: list[str] = []
        for style in list(root.iter(f"{SVG}style")):
            rules |= dict(re.findall(r"\.([\w-]+)\{([^}]*)\}", style.text or ""))
            # Said of all, it would win over what a group says.
            common += re.findall(r"\*\{([^}]*)\}", style.text or "")
        ids = {one.attrib["id"]: next(self._ids) for one in root.iter() if "id" in one.attrib}
        used: dict[str, str] = {}
        for one in root.iter():
            rule = one.attrib.pop("style", None) or rules.get(one.get("class", ""))
            if rule is not None:
                rule = _renamed(re.sub(r"([:;]) ", r"\1", rule), ids)
                name = self._classes.setdefault(rule, f"s{len(self._classes):x}")
                used[name] = rule
                one.set("class", name)
        for one in root.iter():
            _refer(one, ids)
        for style in root.iter(f"{SVG}style"):
            style.attrib.clear()
            style.text = "".join(f"svg{{{one}}}" for one in common) + "".join(
                f".{name}{{{rule}}}" for name, rule in used.items()
            )


def _refer(one: Element, ids: dict[str, str]) -> None:
    """`ids`: what each of them is called now."""
    if "id" in one.attrib:
        one.set("id", ids[one.attrib["id"]])
    if "clip-path" in one.attrib:
        one.set("clip-path", _renamed(one.attrib["clip-path"], ids))
    href = one.attrib.pop(HREF, None)
    if href is not None and href.startswith("#"):
        one.set("href", f"#{ids[href[1:]]}")
    elif href is not None:
        one.set("href", href)


def _renamed(text: str, ids: dict[str, str]) -> str:
    return re.sub(r"url\(#([^)]*)\)", lambda found: f"url(#{ids[found[1]]})", text)


# ---- groups -----------------------------------------------------------------------------------------------------


def _gather(parent: Element, single: set[str]) -> None:
    """From the innermost outwards: takes away groups that say nothing, and makes some that say it once. `single`:
    classes that no group may have."""
    for child in parent:
        _gather(child, single)
    children: list[Element] = []
    for child in parent:
        child.tail = None
        says_nothing = child.tag == f"{SVG}g" and not child.attrib
        children.extend(list(child) if says_nothing else [child])
    parent.text = parent.text if len(parent) == 0 else None
    parent[:] = list(_grouped(children, single)) if parent.tag in (f"{SVG}g", f"{SVG}svg") else children


def _grouped(children: Iterable[Element], single: set[str]) -> Iterator[Element]:
    for said, run in itertools.groupby(children, key=lambda one: _said(one, single)):
        alike = list(run)
        if said is None or len(alike) == 1:
            yield from alike
            continue
        group = Element(f"{SVG}g", dict(said))
        for one in alike:
            for name, _ in said:
                del one.attrib[name]
        group.extend(alike)
        yield group


def _said(one: Element, single: set[str]) -> tuple[tuple[str, str], ...] | None:
    """What a group could say for it; None of what stays by itself."""
    if one.tag.removeprefix(SVG) not in DRAWN or one.get("class") in single:
        return None
    return tuple((name, one.attrib[name]) for name in SHARED if name in one.attrib) or None


# ---- places -----------------------------------------------------------------------------------------------------


def _shorten_places(root: Element) -> None:
    marks = {one for defined in root.iter(f"{SVG}defs") for one in defined.iter()}
    for one in root.iter():
        scale = PLACES_OF_MARKS if one in marks else PLACES
        if "d" in one.attrib:
            one.set("d", path(one.attrib["d"], scale))
        for name in ("x", "y", "width", "height"):
            if name in one.attrib and one.tag != f"{SVG}image":
                one.set(name, _text(_round(one.attrib[name], scale), scale))


def path(text: str, scale: int) -> str:
    """The same path from one place to the next, as matplotlib writes it: moves, lines, curves and ends."""
    told, here, start = [], (0, 0), (0, 0)
    for command, rest in re.findall(r"([A-Za-z])([^A-Za-z]*)", text):
        if command not in "MLCQz":
            raise ValueError(f"path '{text}': command '{command}'; valid: M, L, C, Q, z")
        if command == "z":
            told.append("z")
            here = start
            continue
        values = [_round(number, scale) for number in re.findall(NUMBER, rest)]
        places = list(zip(values[::2], values[1::2]))
        moved = [(x - here[0], y - here[1]) for x, y in places]
        here = places[-1]
        if command == "M":
            told.append(f"M{_numbers([places[-1]], scale)}")
            start = here
        elif command == "L" and moved[0][1] == 0:
            told.append(f"h{_text(moved[0][0], scale)}")
        elif command == "L" and moved[0][0] == 0:
            told.append(f"v{_text(moved[0][1], scale)}")
        else:
            told.append(command.lower() + _numbers(moved, scale))
    return "".join(told)


def _numbers(places: Iterable[tuple[int, int]], scale: int) -> str:
    words = " ".join(_text(number, scale) for place in places for number in place)
    return words.replace(" -", "-")


def _round(number: str, scale: int) -> int:
    return round(float(number) * scale)


def _text(number: int, scale: int) -> str:
    return re.sub(r"^(-?)0(?=\.)", r"\1", f"{number / scale:g}")
