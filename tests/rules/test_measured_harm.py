"""What a trace shows and nobody expected is found; what was expected is not said twice."""

from __future__ import annotations

from collections.abc import Sequence

from alembic_guard import rules
from alembic_guard.ddl.reading import read_sql
from alembic_guard.finding import Finding, Place
from alembic_guard.rules._run import Run
from alembic_guard.runtime.step import Measured, Step
from alembic_guard.schema import Table, Target

EXCLUSIVE = {"orders": "AccessExclusiveLock"}
CALL = "SELECT tidy_up()"


def found(
    *steps: tuple[str, Measured | None], tables: Sequence[Table] = (), transaction: int | None = 1
) -> list[Finding]:
    run = Run(Target("postgresql", (15,), live=bool(tables)), {each.key: each for each in tables})
    listed = [
        (Step(None, (sql,), Place("a1.py", line), transaction, "a1", measured=measured), sql)
        for line, (sql, measured) in enumerate(steps, start=1)
    ]
    judged = rules.judge([(step, read_sql(sql, "postgresql")) for step, sql in listed], run)
    return [each.finding for each in judged if each.finding.name == "measured-harm"]


def finding(message: str, why: str, line: int = 1) -> Finding:
    assumed = "No database was asked how large orders is: it is judged as a large table."
    return Finding(
        "measured-harm",
        message,
        f"{why}\n{assumed}",
        revision="a1",
        place=Place("a1.py", line),
    )


WRITTEN = "All rows of orders are written into a new file."
READ = "orders is read whole under a lock that makes every write to it wait."


def test_a_rewrite_that_nobody_expected_is_found() -> None:
    measured = Measured(1, EXCLUSIVE, frozenset({"orders"}), {"orders": 2})
    why = "A trace measured it; it holds ACCESS EXCLUSIVE, so that every query on it waits."
    assert found((CALL, measured)) == [finding(WRITTEN, why)]


def test_a_rewrite_in_an_autocommit_block_is_found_without_its_lock() -> None:
    measured = Measured(1, rewrites=frozenset({"orders"}))
    why = "A trace measured it; its lock was not seen."
    assert found((CALL, measured), transaction=None) == [finding(WRITTEN, why)]


def test_a_scan_under_a_lock_that_blocks_writes_is_found() -> None:
    measured = Measured(1, {"orders": "ShareLock"}, scans={"orders": 1})
    why = "A trace measured it; it holds SHARE, so that every write to it waits."
    assert found((CALL, measured)) == [finding(READ, why)]


def test_a_scan_under_a_lock_of_the_transaction_is_found_where_it_is_no_plan_of_rows() -> None:
    alter = ("ALTER TABLE orders ADD a int", Measured(1, EXCLUSIVE))
    scan = Measured(1, scans={"orders": 1})
    why = "A trace measured it; it holds ACCESS EXCLUSIVE, so that every query on it waits."
    do = "DO $$ BEGIN EXECUTE 'ALTER TABLE ' || 'orders' || ' ADD CHECK (a > 0)'; END $$"
    assert found(alter, (do, scan)) == [finding(READ, why, 2)]
    assert found(alter, (do, scan), transaction=None) == []
    assert found(alter, ("UPDATE orders SET a = 1 WHERE a = 2", scan)) == []


def test_what_a_statement_is_known_to_do_is_left_to_other_rules() -> None:
    rewrite = Measured(1, EXCLUSIVE, frozenset({"orders"}), {"orders": 2})
    scan = Measured(1, {"orders": "ShareLock"}, scans={"orders": 1})
    assert found(("ALTER TABLE orders ADD id serial", rewrite)) == []
    assert found(("CREATE INDEX ON orders (a)", scan)) == []
    assert found((CALL, Measured(1, EXCLUSIVE))) == []
    assert found((CALL, Measured(1, {"orders": "RowExclusiveLock"}, scans={"orders": 1}))) == []
    assert found((CALL, None)) == []


def test_a_table_of_this_run_is_nobodys() -> None:
    rewrite = Measured(1, EXCLUSIVE, frozenset({"orders"}))
    create = ("CREATE TABLE orders (id int)", Measured(1))
    assert found(create, (CALL, rewrite)) == []


def test_on_a_small_table_it_is_a_note() -> None:
    rewrite = Measured(1, EXCLUSIVE, frozenset({"orders"}))
    (one,) = found((CALL, rewrite), tables=[Table("orders", rows=5, complete=True)])
    assert one.severity.value == "note"
