"""What a table that is made anew keeps, and what is not known is left as it is."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import Engine, Integer, String
from sqlalchemy.exc import IntegrityError

from alembic_guard.autogenerate.renaming import Rename
from alembic_guard.autogenerate.rewrite import apply_rename
from tests.autogenerate.changes import PLUGINS, State, _body, make, metadata_of, snapshot, written
from tests.autogenerate.compare.rows import both, column, ddl
from tests.autogenerate.compare.sqlite.files import NOTHING, engine_of, rows_of, run
from tests.autogenerate.compare.sqlite.states import NUMBERS, TEXTS, ck, t


def made(path: Path, state: State, *sql: str) -> Engine:
    """A file in a state."""
    engine = engine_of(path)
    make(engine, state, sql)
    return engine


def proposed(engine: Engine, state: State, **options: Any) -> Any:
    """What autogenerate writes to bring a file to a state."""
    with engine.begin() as connection:
        return written(connection, metadata_of(state), render_as_batch=True, **options)


def test_rows_that_do_not_fit_leave_the_table_as_it_was(tmp_path: Path) -> None:
    engine = made(tmp_path / "app.db", t(column("a", Integer)), *NUMBERS)
    before, rows = snapshot(engine), rows_of(engine)
    migration = proposed(engine, t(column("a", Integer), ck("a > 7")))
    with pytest.raises(IntegrityError, match="CHECK constraint failed: a > 7"):
        run(engine, migration.upgrade)
    assert (snapshot(engine), rows_of(engine)) == (before, rows)


def test_a_renamed_column_keeps_its_values_where_its_table_is_made_anew(tmp_path: Path) -> None:
    before = t(column("a", String, ck("a <> ''")))
    after = t(column("b", String, ck("b <> ''")))
    engine = made(tmp_path / "app.db", before, "INSERT INTO t VALUES (1, 'kept')")
    options = {"autogenerate_plugins": list(PLUGINS), "target_metadata": metadata_of(after)}
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts=options)
        script = produce_migrations(context, metadata_of(after))
        up, down = script.upgrade_ops, script.downgrade_ops
        assert up is not None
        assert down is not None
        assert apply_rename(Rename.parse("t.a:b"), up, down, engine.dialect)
        texts = [render_python_code(each, render_as_batch=True) for each in (up, down)]
    run(engine, _body(texts[0]))
    assert rows_of(engine) == {"t": [{"id": 1, "b": "kept"}]}
    assert proposed(engine, after) == NOTHING
    run(engine, _body(texts[1]))
    assert rows_of(engine) == {"t": [{"id": 1, "a": "kept"}]}
    assert proposed(engine, before) == NOTHING


def test_alembic_check_tells_of_what_alembic_has_no_operation_for(tmp_path: Path) -> None:
    engine = made(tmp_path / "app.db", t(column("a", Integer)))
    metadata = metadata_of(t(column("a", Integer), ck("a > 0")))
    options = {"autogenerate_plugins": list(PLUGINS), "target_metadata": metadata}
    with engine.begin() as connection:
        context = MigrationContext.configure(connection, opts=options)
        script = produce_migrations(context, metadata)
        assert script.upgrade_ops is not None
        assert script.upgrade_ops.as_diffs() == [("execute", "adds check (a > 0) of t", "")]


def test_functions_and_collations_of_the_project_are_compared_without_being_run(
    tmp_path: Path,
) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'app.db'}")

    def connected(connection: sqlite3.Connection, _record: Any) -> None:
        connection.create_function("slug", 1, str.lower, deterministic=True)
        connection.create_collation("german", lambda one, other: (one > other) - (one < other))

    sa.event.listen(engine, "connect", connected)
    state = t(column("a", String(collation="german"), ck("slug(a) <> ''")))
    make(engine, state)
    assert proposed(engine, state) == NOTHING
    other = t(column("a", String(collation="german"), ck("slug(a) <> 'x'")))
    assert "slug(a) <> 'x'" in proposed(engine, other).upgrade


def test_what_could_not_be_made_in_memory_is_not_taken_for_gone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    state = t(column("a", String))
    engine = made(tmp_path / "app.db", both(state, ddl("CREATE VIEW v AS SELECT a FROM t")))
    broken = ddl("CREATE VIEW w AS SELECT 1", "CREATE VIEW v AS SELEC a FROM t")
    assert proposed(engine, both(state, broken)) == NOTHING
    said = [each for each in caplog.messages if "was not compared" in each]
    assert [each.partition(" was ")[2] for each in said] == [
        'not compared: near "SELEC": syntax error'
    ]


def test_what_env_py_leaves_out_is_kept_where_its_table_is_made_anew(tmp_path: Path) -> None:
    def included(_item: Any, name: str | None, kind: str, *_: Any) -> bool:
        return (name, kind) != ("i", "index")

    state = t(column("a", String))
    engine = made(tmp_path / "app.db", state, *TEXTS, "CREATE INDEX i ON t (a)")
    after = t(column("a", String), ck("id > 0"))
    migration = proposed(engine, after, include_object=included)
    run(engine, migration.upgrade)
    assert "index t.i" in snapshot(engine)
    assert proposed(engine, after, include_object=included) == NOTHING


def test_a_file_is_only_read_by_an_autogenerate(tmp_path: Path) -> None:
    engine = made(tmp_path / "app.db", t(column("a", Integer)), *NUMBERS)
    before = (tmp_path / "app.db").read_bytes()
    proposed(engine, t(column("a", Integer), ck("a > 0")))
    engine.dispose()
    assert (tmp_path / "app.db").read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["app.db"]


class Money(sa.types.TypeDecorator[int]):
    impl = sa.Integer
    cache_ok = True


def test_a_type_of_the_project_stays_as_alembic_writes_it(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'app.db'}")
    before, after = sa.MetaData(), sa.MetaData()
    sa.Table("users", before, sa.Column("id", sa.Integer, primary_key=True))
    before.create_all(engine)
    key = sa.Column("id", sa.Integer, primary_key=True)
    sa.Table("users", after, key, sa.Column("price", Money()))
    with engine.connect() as connection:
        written_ = written(connection, after)
    engine.dispose()

    assert "add_column" in written_.upgrade
    assert f"{__name__}.Money()" in written_.upgrade
