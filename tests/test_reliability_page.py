"""docs/reliability.md names no test that does not exist, and no promise without one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "reliability.md").read_text("utf-8")
PROMISES = re.findall(r"^\| (.*?) \| (`tests/.*`) \|$", PAGE, re.MULTILINE)
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_test_that_holds_a_promise_exists(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text("utf-8"))

    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_each_promise_of_issue_5_is_on_the_page() -> None:
    words = {word for promise, _ in PROMISES for word in re.findall(r"\*\*(.+?)\.\*\*", promise)}

    assert words == {
        *("Stall", "One deployer", "Pooler", "Kill", "Resume", "Backup", "Rehearsal", "Downgrade"),
        *("By hand", "In process", "Interrupts", "Faults", "Race", "Truth"),
    }


def test_no_row_is_without_a_test() -> None:
    table = PAGE.partition("## Promises")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")]

    assert len(rows) - 2 == len(PROMISES)
