"""A folder of modules is a catalogue, and a docstring is a page."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from alembic_guard import catalogue

PAGE = r'''r"""One line that names the harm.

Why it is harmful.

In two paragraphs.

Fix: what to do,
in two lines.

Bad::

    # edit: a.py: x -> y\n
    $ alembic heads

Good::

    $ alembic heads
"""

raise ImportError("a page is asked for by its name first")
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package on the path, named after the test's own folder so that no two are mixed up."""
    path = tmp_path / f"pages_{tmp_path.name.replace('-', '_')}"
    path.mkdir()
    (path / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    return path


def test_a_module_is_an_entry_by_the_name_of_its_file(folder: Path) -> None:
    for name in ("some_harm", "another", "_helpers"):
        (folder / f"{name}.py").write_text(PAGE)
    entries = catalogue.entries(folder.name)
    assert [*entries] == ["another", "some-harm"]
    assert entries["some-harm"].module == f"{folder.name}.some_harm"


def test_no_module_is_imported_for_its_name(folder: Path) -> None:
    (folder / "harm.py").write_text(PAGE)
    catalogue.entries(folder.name)
    assert f"{folder.name}.harm" not in sys.modules


def test_the_parts_of_a_page_are_read_from_the_docstring(folder: Path) -> None:
    (folder / "harm.py").write_text(PAGE.partition("\nraise")[0])
    page = catalogue.entries(folder.name)["harm"]
    assert (page.title, page.why, page.fix, page.bad, page.good) == (
        "One line that names the harm.",
        "Why it is harmful.\n\nIn two paragraphs.",
        "what to do,\nin two lines.",
        "# edit: a.py: x -> y\\n\n$ alembic heads",
        "$ alembic heads",
    )


def test_a_part_that_is_missing_is_empty(folder: Path) -> None:
    (folder / "harm.py").write_text('"""Only a title."""\n')
    page = catalogue.entries(folder.name)["harm"]
    assert (page.title, page.why, page.fix, page.bad, page.good) == (
        "Only a title.",
        "",
        "",
        "",
        "",
    )
