"""Models that a migration imports."""

from __future__ import annotations

from pathlib import Path

from alembic_guard.finding import Finding, Place, Severity
from tests.rules.linting import shop

NAME = "model-import"
BODY = 'op.execute(shops.update().where(shops.c.id == 1).values(name="first"))'


def test_each_model_is_found_at_its_import_and_the_fix_is_a_table_of_its_columns(
    tmp_path: Path,
) -> None:
    with shop("sqlite", tmp_path) as there:
        judged = there.lint(BODY, extra="from models import orders, shops")
        (path,) = [each for each in there.project.revisions() if each.name.startswith("0002")]
        line = path.read_text("utf-8").splitlines().index("from models import orders, shops")
    assert judged == [
        Finding(
            NAME,
            f"Revision 0002 imports models.{name}, which will be another when it runs again.",
            f"The model follows the code; {name} has the columns of this revision when it is "
            "applied to a new database.",
            (f'{name} = sa.table("{name}", {columns})',),
            severity=Severity.WARNING,
            revision="0002",
            place=Place(path.relative_to(there.project.path).as_posix(), line + 1),
        )
        for name, columns in (
            (
                "orders",
                ", ".join(
                    f'sa.column("{each}")'
                    for each in ("id", "user_id", "shop_id", "number", "status", "total")
                ),
            ),
            ("shops", 'sa.column("id"), sa.column("name")'),
        )
    ]


def test_an_import_is_let_through_where_it_is(tmp_path: Path) -> None:
    allowed = "from models import shops  # guard: allow(model-import) squashed next week"
    with shop("sqlite", tmp_path) as there:
        (judged,) = there.lint(BODY, extra=allowed)
    assert (judged.name, judged.allowed) == (NAME, "squashed next week")


def test_what_is_no_model_raises_nothing(tmp_path: Path) -> None:
    with shop("sqlite", tmp_path) as there:
        body = 'op.execute("UPDATE shops SET name = 1 WHERE id = 1")'
        assert there.lint(body, extra="import models\nfrom models import Base") == []
