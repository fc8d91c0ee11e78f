"""What documents link to, and what documents and comments name, is in the repository, and not only on the machine of
whoever wrote them."""

from __future__ import annotations

import functools
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from pygments.lexers import get_lexer_for_filename
from pygments.token import Comment, String

ROOT = Path(__file__).resolve().parent.parent.parent
LINK = re.compile(r"\]\((?!\w+:|#)([^)\s#]+)")
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)

# A file that is named in words: with a folder or without, and of a kind that is written by hand.
NAMED = re.compile(
    r"(?<![\w./*<-])((?:[\w.-]+/)*[\w-]+\.(?:md|hpp|cpp|py|toml|j2|cmake|sh|tsv|suppressions))(?![\w/])"
)
FOLDER = re.compile(
    r"(?<![\w./<-])((?:benchmarks|cmake|docs|examples|impls|reports|scripts|tests)/(?:[\w-]+/)*)(?![\w.*{<])"
)
CODE = ("*.hpp", "*.cpp", "*.py", "*.cmake", "*CMakeLists.txt", "*.sh", ".clang-tidy")

# Named as examples of what a reader writes, or of what others have.
EXAMPLES = {
    "my_ring.hpp",  # README.md
    "path/to/it.hpp",  # CONTRIBUTING.md
    "queues/x.hpp",  # docs/samples.md
}
PLACEHOLDER = re.compile(r"(?:^|/)NAME[._]")


def tracked(*patterns: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.split("\0") if name]


# A tree without .git, such as an unpacked archive, cannot say what would be cloned.
IS_CLONE = (ROOT / ".git").exists()
DOCUMENTS = [name for name in tracked("*.md") if not name.startswith("reports/")] if IS_CLONE else []
ALL_DOCUMENTS = tracked("*.md") if IS_CLONE else []
CODE_FILES = tracked(*CODE) if IS_CLONE else []


@functools.cache
def files() -> frozenset[str]:
    return frozenset(tracked())


@functools.cache
def folders() -> frozenset[str]:
    return frozenset(str(parent) for name in files() for parent in Path(name).parents)


@functools.cache
def base_names() -> frozenset[str]:
    return frozenset(Path(name).name for name in files())


def is_there(name: str, holder: str) -> bool:
    """From the root, from the file that names it, from the folders that are searched for includes, or, without a
    folder, anywhere."""
    if "/" not in name:
        return name in base_names()
    starts = [
        ROOT,
        (ROOT / holder).parent,
        *(ROOT / one for one in ("impls", "benchmarks", "scripts/handoff", "tests")),
    ]
    found = [start.joinpath(name).resolve() for start in starts]
    return any(path.is_relative_to(ROOT) and str(path.relative_to(ROOT)) in files() for path in found)


def is_example(name: str) -> bool:
    return name in EXAMPLES or PLACEHOLDER.search(name) is not None


def missing(text: str, holder: str) -> list[str]:
    named = [name for name in NAMED.findall(text) if not is_example(name) and not is_there(name, holder)]
    return named + [name for name in FOLDER.findall(text) if name.rstrip("/") not in folders()]


def lost_in_comments(name: str) -> list[str]:
    """Most files need not be taken apart for it: all that they name, in a comment or not, is there."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return (
        [one for part in comments(name, text) for one in missing(part, name)] if missing(text, name) else []
    )


def comments(path: str, text: str) -> Iterable[str]:
    """Also the docstrings of Python, which are comments for whoever reads it."""
    name = "x.yaml" if path.endswith(".clang-tidy") else Path(path).name
    for kind, part in get_lexer_for_filename(name).get_tokens(text):
        if kind in Comment and kind not in (Comment.Preproc, Comment.PreprocFile) or kind in String.Doc:
            yield part


@pytest.mark.parametrize("document", ALL_DOCUMENTS)
def test_links_lead_to_what_a_clone_has(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    linked = {target: (ROOT / document).parent.joinpath(target).resolve() for target in LINK.findall(text)}
    lost = [
        target
        for target, path in linked.items()
        if not path.is_relative_to(ROOT) or str(path.relative_to(ROOT)) not in files() | folders()
    ]
    assert lost == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_that_a_document_names_are_there(document: str) -> None:
    text = FENCED.sub("", (ROOT / document).read_text(encoding="utf-8"))
    assert missing(text, document) == []


def test_files_that_comments_name_are_there() -> None:
    assert {name: found for name in CODE_FILES if (found := lost_in_comments(name))} == {}


def test_what_is_not_there_is_found() -> None:
    assert missing("as notes/measurement.md says, and docs/samples.md", "README.md") == [
        "notes/measurement.md"
    ]
    assert missing("see wait.hpp and weight.hpp", "README.md") == ["weight.hpp"]
    assert missing("roles lie in benchmarks/roles/, queues in impls/queues/", "README.md") == [
        "benchmarks/roles/"
    ]
