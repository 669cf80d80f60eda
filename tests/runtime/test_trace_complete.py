"""In a traced history guard-lint names every hazard that the trace proves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alembic.config import Config
from sqlalchemy import text

from alembic_guard import Finding, Refused, lint
from alembic_guard.commands import lint_run, lint_trace
from alembic_guard.ddl.locks import Lock
from alembic_guard.runtime.recording import Recording
from alembic_guard.runtime.step import Step
from tests.project import Project
from tests.rules.linting import inside

MADE = """
CREATE TABLE users (id int PRIMARY KEY, name varchar(50), email varchar(50), n int, at timestamp);
CREATE TABLE orders (id int PRIMARY KEY, user_id int, total int, note text, state text);
CREATE TABLE lines (id int PRIMARY KEY, order_id int, code varchar(20));
CREATE TABLE logs (id int, day date) PARTITION BY RANGE (day);
CREATE TABLE logs_2025 PARTITION OF logs FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE logs_2026 (id int, day date);
CREATE MATERIALIZED VIEW totals AS SELECT id, note FROM orders;
CREATE FUNCTION tidy() RETURNS void LANGUAGE plpgsql AS $$
    BEGIN EXECUTE 'ALTER TABLE ' || 'lines ADD made timestamptz DEFAULT clock_timestamp()'; END $$;
INSERT INTO users SELECT n, n, n, n FROM generate_series(1, 50) n;
INSERT INTO orders SELECT n, n, n, n FROM generate_series(1, 50) n;
INSERT INTO lines SELECT n, n, n FROM generate_series(1, 50) n;
INSERT INTO logs SELECT n, '2025-05-05' FROM generate_series(1, 50) n;
INSERT INTO logs_2026 SELECT n, '2026-05-05' FROM generate_series(1, 50) n;
REFRESH MATERIALIZED VIEW totals;
"""
EXTRA = """
from sqlalchemy.orm import Session

def add_index(table, *columns):
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))

def keys(bind, table):
    return sa.inspect(bind).get_pk_constraint(table)["constrained_columns"]
"""
HISTORY = [
    'for column in ("name", "email"):\n    add_index("users", column)',
    'op.execute("ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid()")',
    'op.alter_column("orders", "total", type_=sa.BigInteger(), existing_type=sa.Integer())',
    'op.alter_column("orders", "user_id", nullable=False, existing_type=sa.Integer())',
    'op.create_foreign_key("fk_orders_users", "orders", "users", ["user_id"], ["id"])',
    'op.create_check_constraint("ck_orders_total", "orders", "total > 0")',
    'op.create_unique_constraint("uq_users_email", "users", ["email"])',
    'bind = op.get_bind()\nfor key in keys(bind, "lines"):\n'
    '    bind.execute(sa.text(f"ALTER TABLE lines ALTER {key} TYPE bigint"))',
    "with Session(op.get_bind()) as session:\n"
    '    session.execute(sa.text("ALTER TABLE lines ADD CHECK (order_id > 0)"))\n'
    "    session.flush()",
    "op.execute(\"ALTER TABLE users ALTER at TYPE timestamptz USING at AT TIME ZONE 'Asia/Aden'\")",
    'with op.get_context().autocommit_block():\n    add_index("lines", "order_id")\n'
    '    op.execute("VACUUM FULL lines")',
    "op.execute(\"ALTER TABLE logs ATTACH PARTITION logs_2026 FOR VALUES FROM ('2026-01-01') \"\n"
    "    \"TO ('2027-01-01')\")",
    'op.execute("REFRESH MATERIALIZED VIEW totals")',
    'op.get_bind().connection.cursor().execute("ALTER TABLE lines ALTER code TYPE varchar(10)")',
    'op.execute("SELECT tidy()")',
    'op.execute("CREATE INDEX ON logs (id); ALTER TABLE orders SET UNLOGGED")',
    'with op.batch_alter_table("orders") as batch:\n'
    '    batch.add_column(sa.Column("serial", sa.Integer, sa.Identity()))\n'
    '    batch.create_exclude_constraint("ex_orders", ("id", "="), using="btree")',
    'op.execute("REINDEX TABLE users")',
    "op.execute(\"DO $$ BEGIN EXECUTE 'ALTER TABLE ' || 'users ADD CHECK (n > 0)'; END $$\")",
]


def hazards(recording: Recording) -> Iterator[tuple[Step, str, str]]:
    """The steps that rewrite a table, or read it whole while nobody may write to it; which, why."""
    held: dict[tuple[Any, str], Lock] = {}
    for number, step in enumerate(recording.steps):
        if step.measured is None:
            continue
        together = step.transaction if step.transaction is not None else f"alone {number}"
        for key, mode in step.measured.locks.items():
            lock = Lock.of_mode(mode)
            held[together, key] = max(lock, held.get((together, key), lock))
        for key in step.measured.rewrites:
            yield step, key, "is rewritten"
        for key in step.measured.scans:
            lock = held.get((together, key), Lock.ACCESS_SHARE)
            if lock.blocks_writes and key not in step.measured.rewrites:
                yield step, key, f"is read under {lock}"


def linted(project: Project) -> list[Finding]:
    with inside(project.path):
        try:
            return list(lint(Config("alembic.ini"), trace=True, small_table_rows=0).findings)
        except Refused as refused:
            return list(refused.findings)


def test_every_hazard_of_a_traced_history_is_named(
    postgresql_project: Project, monkeypatch: Any
) -> None:
    project, seen = postgresql_project, list[Recording]()
    with project.connect() as connection:
        connection.exec_driver_sql(MADE)
    with project.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    env = project.read("migrations/env.py").replace(
        "target_metadata=target_metadata", "transaction_per_migration=True"
    )
    project.write("migrations/env.py", env)
    for number, body in enumerate(HISTORY, start=1):
        down = f"{number - 1:04}" if number > 1 else None
        project.add_revision(f"{number:04}", down, body, extra=EXTRA)
    trace = lint_trace.traced

    def looked_at(*words: Any, **options: Any) -> Recording:
        seen.append(trace(*words, **options))
        return seen[-1]

    monkeypatch.setattr(lint_run, "traced", looked_at)
    findings = linted(project)

    (recording,) = seen
    assert recording.gaps == ()
    proved = [*hazards(recording)]
    assert len({step.revision for step, _, _ in proved}) == len(HISTORY)
    assert [
        (step.revision, step.sql, key, what)
        for step, key, what in proved
        if not any(
            (each.revision, each.place) == (step.revision, step.place)
            and key.partition("_")[0] in f"{each.message} {each.why}"
            for each in findings
        )
    ] == []
