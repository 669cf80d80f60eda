"""Merges that join nothing, among those that join something."""

from __future__ import annotations

import pytest
from hypothesis import given

from alembic_guard.runtime.merges import merges_of_one, needless_parents
from alembic_guard.runtime.revision_files import RevisionFiles
from tests.runtime.test_revision_files import files, healthy_graph, source


def test_a_parent_that_another_parent_rests_on_is_needless() -> None:
    found = files(a="", b="a", c="b", d="a", m="ca", n="cd")
    assert [(file.revision, *more) for file, *more in needless_parents(found)] == [("m", "a", "c")]


@given(healthy_graph())
def test_a_parent_is_needless_if_the_other_has_it_among_its_ancestors(
    graph: list[tuple[str, list[str]]],
) -> None:
    found = RevisionFiles.from_texts({f"{name}.py": source(name, down) for name, down in graph})
    above: dict[str, set[str]] = {}
    for name, down in graph:  # parents come first
        above[name] = {*down}.union(*(above[parent] for parent in down))
    assert [(file.revision, *more) for file, *more in needless_parents(found)] == [
        (name, older, younger)
        for name, down in graph
        for older in down
        for younger in down
        if older in above[younger]
    ]


@pytest.mark.parametrize(
    ("message", "down", "body", "expected"),
    [
        ("merge heads", ("a",), "pass", True),
        ("Merge branch x", ("a",), '"""Upgrade schema."""\n    pass', True),
        ("merge heads", ("a", "b"), "pass", False),
        ("merge heads", (), "pass", False),
        ("merge two columns", ("a",), "op.drop_column('t', 'a')", False),
        ("nothing yet", ("a",), "pass", False),
    ],
)
def test_a_merge_of_one_is_called_so_and_does_nothing(
    message: str, down: tuple[str, ...], body: str, expected: bool
) -> None:
    text = f'"""{message}"""\n{source("m", down)}def upgrade():\n    {body}\n'
    assert bool([*merges_of_one(RevisionFiles.from_texts({"m.py": text}))]) is expected
