"""What is said where nothing was measured: of older versions, and of what is not known."""

from __future__ import annotations

from alembic_guard.ddl import actions
from alembic_guard.ddl.data import Opaque
from alembic_guard.ddl.effects import Effect
from alembic_guard.ddl.locks import Lock
from alembic_guard.ddl.objects import AlterDomain, DropObject
from alembic_guard.ddl.postgresql import effect
from alembic_guard.schema import Column, Constraint, Table, Target
from alembic_guard.sql_types import SqlType


def nothing(key: str) -> Table | None:
    return None


def on(version: int, action: actions.Action) -> Effect:
    """The effect on a table of which nothing is known."""
    return effect(action, Target(version=(version,)), nothing)


def test_before_version_11_any_default_writes_the_rows() -> None:
    five = actions.AddColumn("t", Column("a", SqlType("integer"), default="5"))
    t = frozenset({"t"})
    assert on(10, five) == Effect({"t": Lock.ACCESS_EXCLUSIVE}, rewrites=t, scans=t)
    assert on(11, five) == Effect({"t": Lock.ACCESS_EXCLUSIVE})


def test_before_version_12_a_check_does_not_spare_set_not_null_its_scan() -> None:
    check = Constraint("check", "a_set", expression="a IS NOT NULL")
    known = {"t": Table("t", constraints={"a_set": check})}
    scan = effect(actions.SetNotNull("t", "a"), Target(version=(11,)), known.get)
    none = effect(actions.SetNotNull("t", "a"), Target(version=(12,)), known.get)
    assert (scan.scans, none.scans) == (frozenset({"t"}), frozenset())


def test_before_version_12_attach_locks_the_parent_against_all() -> None:
    attach = actions.AttachPartition("p", "p1")
    both = {"p": Lock.ACCESS_EXCLUSIVE, "p1": Lock.ACCESS_EXCLUSIVE}
    assert on(11, attach) == Effect(both, scans=frozenset({"p1"}))
    assert on(12, attach).locks == {**both, "p": Lock.SHARE_UPDATE_EXCLUSIVE}


def test_a_version_that_is_not_known_is_the_oldest_supported() -> None:
    five = actions.AddColumn("t", Column("a", SqlType("integer"), default="5"))
    assert effect(five, Target(), nothing) == on(12, five)


def test_a_default_of_an_unknown_function_counts_as_volatile_and_says_so() -> None:
    said = on(15, actions.AddColumn("t", Column("a", default="made_here()")))
    assert said.rewrites == frozenset({"t"})
    assert said.note == "it is not known whether made_here() is volatile"


def test_a_type_change_from_an_unknown_type_counts_as_a_rewrite_and_says_so() -> None:
    said = on(15, actions.SetType("t", "a", SqlType("text")))
    assert said.rewrites == frozenset({"t"})
    assert said.note == "the type before is not known"


def test_a_domain_is_said_to_lock_its_tables_which_are_not_known() -> None:
    note = "SHARE on every table with a column of the domain, which is read whole"
    assert on(15, AlterDomain("positive", "add constraint")) == Effect(note=note)
    assert on(15, AlterDomain("positive", "add constraint", valid=False)) == Effect()


def test_what_depends_on_a_type_is_said_to_be_locked() -> None:
    note = "tables that depend on it are locked too"
    assert on(15, DropObject("type", "mood", cascade=True)) == Effect(note=note)
    assert on(15, DropObject("type", "mood")) == Effect()


def test_what_is_seen_in_an_opaque_statement_counts() -> None:
    inside = Opaque("DO", actions=(actions.RenameTable("t", "t9"), actions.DropColumn("u", "a")))
    both = {"t": Lock.ACCESS_EXCLUSIVE, "u": Lock.ACCESS_EXCLUSIVE}
    assert on(15, inside) == Effect(both)


def test_the_table_of_an_index_that_is_not_said_is_noted() -> None:
    note = "the table of the index is not known"
    assert on(15, actions.DropIndex("", "t_n")) == Effect(note=note)
    assert on(15, actions.Reindex("index", "t_n")) == Effect(note=note)


def test_of_two_locks_on_a_table_the_stronger_is_said() -> None:
    weak = Effect({"t": Lock.SHARE, "u": Lock.SHARE}, note="one")
    strong = Effect({"t": Lock.EXCLUSIVE}, frozenset({"t"}), frozenset({"t"}), "two")
    both = {"t": Lock.EXCLUSIVE, "u": Lock.SHARE}
    assert weak + strong == Effect(both, frozenset({"t"}), frozenset({"t"}), "one; two")
