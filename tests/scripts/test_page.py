"""The page and its short form: self-contained, safe with any text, in the order that a reviewer reads."""

from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import synthetic_run
from synthetic_run import Spec

from handoff.report import figures, markdown, page, summary
from handoff.report.figures import Rendered
from handoff.run import results
from handoff.statistics import measures

Json = dict[str, Any]
SMALL = Spec(blocks=6, queues=("mutex_ring", "vyukov_mpmc_ring", "boost_queue"), counters=("mutex_counter",))


class Reader(HTMLParser):
    """Elements with their attributes, the texts of scripts and styles, and whether all were closed."""

    VOID = {"meta", "input", "br", "wbr", "link", "img", "hr"}

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.code: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        # An end tag that HTML lets one leave out is written out here.
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            self.code.append(data)


def _read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


def _embedded(html: str, name: str) -> Json:
    element = re.search(rf'id="{name}">([^<]*)<', html)
    assert element is not None
    told: Json = json.loads(gzip.decompress(base64.b64decode(element[1])))
    return told


def _summary(directory: Path, spec: Spec) -> Json:
    return summary.build(results.load(synthetic_run.write(directory / "run", spec)))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Json:
    return _summary(tmp_path_factory.mktemp("page"), SMALL)


@pytest.fixture(scope="module")
def html(found: Json) -> str:
    drawn = [one for name in figures.REGISTRY if (one := figures.render(name, found)) is not None]
    assert len(drawn) >= 8
    return page.render(found, drawn)


def test_the_page_loads_nothing_from_elsewhere(html: str) -> None:
    reader = _read(html)
    loading = {"src", "srcset", "data", "poster", "action", "background", "ping", "manifest"}
    for tag, attributes in reader.elements:
        assert tag not in ("link", "iframe", "object", "embed", "base", "img", "video", "audio"), tag
        assert not loading & set(attributes), (tag, attributes)
        for name in ("href", "xlink:href"):
            value = attributes.get(name)
            # The pixels of a figure stand in the page itself; the experiments have a page beside it.
            within = ("#", "data:image/png;base64,") if tag == "image" else ("#", page.EXPERIMENTS_NAME)
            assert value is None or value.startswith(within), (tag, value)
    code = "\n".join(reader.code)
    for banned in (
        "@import",
        "import(",
        "fetch(",
        "XMLHttpRequest",
        "WebSocket",
        "sendBeacon",
        "EventSource",
    ):
        assert banned not in code, banned
    # Names of XML vocabularies are no addresses that anyone opens.
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s\"'<]*", html))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", html))


def test_the_sections_come_in_the_order_of_the_notes(html: str) -> None:
    places = [html.index(f'<section id="{name}"') for name in
              ("decide", "questions", "explore", "failures", "environment", "method", "cite")]  # fmt: skip
    assert places == sorted(places)
    assert html.index('<header class="strip') < places[0]


def test_every_link_of_the_page_leads_somewhere(html: str) -> None:
    reader = _read(html)
    ids = [
        a["id"] for tag, a in reader.elements if a.get("id") and tag not in ("use", "path", "g", "clippath")
    ]
    assert len(ids) == len(set(ids))
    links = [a["href"] for tag, a in reader.elements if tag == "a" and a.get("href")]
    links = [link for link in links if link != page.EXPERIMENTS_NAME and not str(link).startswith("#goal=")]
    assert len(links) >= 12
    assert {str(link)[1:] for link in links} <= {str(i) for i in ids}


def test_the_table_is_there_without_the_script(html: str, found: Json) -> None:
    table = html[html.index('<table class="explore"') :]
    rows = table[table.index("<tbody>") : table.index("</tbody>")].count("<tr")
    assert rows == sum(max(1, len(case["regimes"])) for case in found["cases"])


def test_the_embedded_data_is_what_the_table_shows(html: str, found: Json) -> None:
    told = _embedded(html, "data")
    rows = page.explorer_rows(found)
    assert {len(one) for one in (*told["exported"], *told["shown"])} == {len(rows)}
    for exported, shown, row in zip(zip(*told["exported"]), zip(*told["shown"]), rows):
        own = row["export"]
        assert dict(zip(told["columns"], exported)) == {
            name: pytest.approx(value, rel=1e-5) if isinstance(value, float) else value
            for name, value in own.items()
        }
        assert shown[0] == (page.median_of(row["state"], own["unit"]) if row["bar"] else "–")


def test_text_from_a_run_cannot_become_markup(found: Json) -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    hostile = json.loads(json.dumps(found))
    hostile["failures"][0] |= {"message": evil, "output": evil, "expected": False}
    hostile["warnings"] = [evil]
    hostile["environment"]["machine"]["cpu_model"] = evil
    hostile["cases"][0] |= {"label": evil, "case": evil}
    tags = [tag for tag, _ in _read(page.render(hostile, [])).elements]
    assert tags.count("script") == 3
    assert "img" not in tags
    short = markdown.render(hostile, [])
    assert "alert(2)" in short and "<script" not in short and "<img" not in short


def _header(html: str) -> str:
    return html[html.index("<header") : html.index("</header>")]


def test_the_first_line_says_whether_the_run_may_be_cited(found: Json, html: str, tmp_path: Path) -> None:
    head = html[html.index("<title>") : html.index("</title>")] + _header(html)
    assert "NOT CITABLE" not in head and ">Citable<" in head
    dirty = _summary(
        tmp_path, Spec(blocks=6, dirty=True, queues=("mutex_ring",), counters=("mutex_counter",))
    )
    stamped = page.render(dirty, [])
    first = re.sub(r"<[^>]*>", "", stamped[stamped.index("<header") :]).strip().splitlines()[0]
    assert first.startswith("NOT CITABLE") and "dirty build" in first
    assert "NOT CITABLE" in stamped[: stamped.index("</title>")]
    assert markdown.render(dirty, []).splitlines()[0].startswith("**NOT CITABLE**: dirty build")
    assert markdown.render(found, []).splitlines()[0].startswith("**Citable**")


def test_every_report_says_the_version(found: Json, html: str) -> None:
    version = found["environment"]["build"]["version"]
    assert f"handoff {version}, commit 0123456789ab" in html and f"<pre>handoff {version}, run" in html
    assert f"handoff {version}, run" in markdown.render(found, [])


def test_the_environment_is_whole_and_written_for_people(html: str) -> None:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html[html.index("<main>") :]))
    assert "kernel name Linux release 6.1.0 aslr 2" in text
    assert "level 1 size 48K level 3 size 16M" in text
    assert "governors unknown limits stack 8388608, -1" in text
    assert "Synthetic 2-core VM · 2 CPUs · Linux 6.1.0" in re.sub(r"\s+", " ", html)
    assert not re.search(r"<code>[{\[]", html)  # no Python values


def test_sections_without_data_are_left_out(html: str, tmp_path: Path) -> None:
    only = _summary(
        tmp_path, Spec(blocks=6, workloads=("counter",), counters=("mutex_counter", "ttas_counter"))
    )
    told = page.render(only, [])
    for name in ("memory", "downloads", "python", "pitfalls"):
        assert f'<section id="{name}"' not in told
    assert '<section id="explore"' in told


def test_each_term_leads_to_the_glossary(html: str) -> None:
    terms = set(re.findall(r'class="term" href="#([^"]+)"', html))
    assert {"term-equivalent", "term-not-known"} <= terms
    assert all(f'<dt id="{term}">' in html for term in terms)


def test_a_missing_row_of_the_decision_table_says_so(tmp_path: Path) -> None:
    only = _summary(
        tmp_path, Spec(blocks=6, workloads=("counter",), counters=("mutex_counter", "ttas_counter"))
    )
    answered = [row["title"] for row in only["decisions"] if row["group"]]
    assert answered == ["Counter, mostly written", "Counter, often read"]
    rest = len(only["decisions"]) - len(answered)
    told = page.render(only, [])
    assert told.count(f"{rest} more rows: not in this run, no two candidates for them") == 1
    folded = told.partition("more rows: not in this run")[2].partition("</details>")[0]
    assert all(row["title"] in folded for row in only["decisions"] if not row["group"])
    assert markdown.render(only, []).count("not in this run") == rest


def test_the_markdown_tables_are_tables(found: Json) -> None:
    text = markdown.render(
        found, [Rendered("download", "How many?", "So many.", '<svg viewBox="0 0 1 1"/>', b"", "questions")]
    )
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        widths = {line.count("|") for line in block.splitlines()}
        assert len(widths) == 1, block
        assert len(block.splitlines()) > 2
    assert "![How many?](figures/download.svg)" in text


def _table_text(html: str) -> str:
    table = html[html.index('<table class="explore"') :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", table[: table.index("</table>")]))


def test_each_verdict_says_how_much_or_what_it_would_take(tmp_path: Path) -> None:
    many = _summary(tmp_path / "many", replace(SMALL, blocks=9, places=(49.0,), drifting=0.0))
    table = _table_text(page.render(many, []))
    ratio = r"[\d.k]+× \([\d.k]+× – [\d.k]+×\)"
    assert len(re.findall(rf" slower {ratio}", table)) > 5
    assert not re.search(r"\b(slower|equivalent|regime-dependent) (?!within|[\d.k]+×)", table)
    # Five blocks show nothing, and the page says how many more would do.
    few = _summary(tmp_path / "few", replace(SMALL, blocks=5))
    table = _table_text(page.render(few, []))
    told = re.findall(rf" not known {ratio}; (about \d+ more blocks? would tell|no sensible number)", table)
    assert len(told) > 15 and not re.search(r" (slower|faster|equivalent) [\d.k]+×", table)
    lines = [line for line in markdown.render(few, []).splitlines() if "| not known |" in line]
    assert lines and all("more block" in line or "no sensible number" in line for line in lines)


def test_a_decision_that_nothing_is_shown_for_names_no_best(tmp_path: Path) -> None:
    few = _summary(tmp_path, replace(SMALL, blocks=5, queues=("mutex_ring", "mutex_deque")))
    row = next(row for row in few["decisions"] if row["measured"] == 2)
    assert not row["resolved"] and row["slower"] == [] and len(row["not_known"]) == 1
    html, text = page.render(few, []), markdown.render(few, [])
    assert "not known: no difference is shown between them" in html
    cell = html[html.index(f'<th scope="row">{row["title"]}') :].partition("<td>")[2].partition("</td>")[0]
    assert '<code class="name">' not in cell
    assert "not known: no difference is shown between them" in text


def test_a_run_without_a_complete_block_still_has_a_page(tmp_path: Path) -> None:
    nothing = _summary(tmp_path, Spec(blocks=1, partial=True, queues=("mutex_ring",)))
    text = page.render(nothing, [])
    assert "no complete block" in text and "nothing to draw yet" in text
    assert markdown.render(nothing, []).startswith("**NOT CITABLE**")


@pytest.mark.parametrize(
    "value, unit, text",
    [
        (12_345_678.0, "1/s", "12.3 M/s"),
        (999_600.0, "1/s", "1.00 M/s"),
        (183.4, "ns", "183 ns"),
        (1240.0, "ns", "1.24 µs"),
        (0.42, "s", "420 ms"),
        (0.0, "ns", "0 ns"),
        (None, "ns", "–"),
        (float("nan"), "1/s", "–"),
    ],
)
def test_figures_are_written_for_people(value: float | None, unit: str, text: str) -> None:
    assert measures.text(value, unit) == text


def test_multiples_are_written_for_people() -> None:
    assert [measures.times(x) for x in (1.874, 10.44, 999.7, 20871.0, None)] == [
        "1.87×",
        "10.4×",
        "1.00k×",
        "20.9k×",
        "–",
    ]


@pytest.mark.parametrize(
    "difference, text",
    [
        (0.0413, "resolves ≥ 4.1%"),
        (0.47, "resolves ≥ 47%"),
        (1.5, "resolves ≥ 2.50×"),
        (None, "resolves nothing: too few samples"),
        (float("nan"), "resolves nothing: too few samples"),
        (8.0, "resolves ≥ 9.00×"),
        (27_600.0, "resolves nothing: too much scatter"),
    ],
)
def test_what_can_be_resolved_is_written_for_people(difference: float | None, text: str) -> None:
    assert measures.resolves(difference) == text
