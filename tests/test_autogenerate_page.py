"""``docs/autogenerate.md``: every kind is on it, and what it shows for env.py and models works."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from alembic_guard.plugin import KINDS
from tests.commands.revising import body, configure, revise, settled, written
from tests.project import Project

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "autogenerate.md").read_text("utf-8")


def first_sentence(kind: str) -> str:
    """What a comparator's module says of itself."""
    path = ROOT / "alembic_guard" / "autogenerate" / "compare" / f"{kind}.py"
    said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return " ".join(said.partition("\n\n")[0].split())


def test_every_kind_is_on_the_page_in_its_own_words() -> None:
    rows = [f"| `alembic_guard.{kind}` | {first_sentence(kind)} |" for kind in KINDS]
    assert re.findall(r"^\| `alembic_guard\..*$", PAGE, re.MULTILINE) == rows


def test_the_models_and_the_configuration_of_the_page_work(postgresql_project: Project) -> None:
    project = settled(postgresql_project)
    env, models = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    configure(project, next(line for line in env.splitlines() if "plugins" in line).strip(" ,"))
    events = models.replace("age >= 18", "name <> ''")
    project.write("models.py", f"{project.read('models.py')}\n\n{events}")

    assert revise(project).returncode == 0
    assert body(written(project)[0]) == (
        "op.execute(\"CREATE VIEW adults AS SELECT id, name FROM users WHERE name <> ''\")"
    )
