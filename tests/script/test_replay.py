"""What revisions do to tables, read from their text."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from alembic_guard.script.replay import ScriptText, matching_revision, owned_tables, schema_after

HEAD = """\
\"\"\"Create table in_a_docstring\"\"\"
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = None

"""


class History:
    """A folder of revision files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scripts: list[ScriptText] = []

    def write(self, revision: str, text: str) -> None:
        """Add a revision with this text below its head."""
        path = self.folder / f"{revision}.py"
        path.write_text(HEAD.format(revision=revision) + dedent(text), encoding="utf-8")
        self.scripts.append(ScriptText(revision, path))

    def upgrade(self, revision: str, body: str) -> None:
        """Add a revision whose upgrade function has this body."""
        self.write(revision, "def upgrade():\n" + indent(dedent(body), "    "))

    def owned(self) -> set[str]:
        return set(owned_tables(script.path for script in self.scripts))

    def schema(self) -> dict[str, set[str]]:
        return {table: set(columns) for table, columns in schema_after(self.scripts).items()}


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path)


def test_a_table_that_a_revision_creates_or_renames_to_is_owned(history: History) -> None:
    history.upgrade(
        "a",
        """\
        op.create_table("users", sa.Column("id", sa.Integer), comment="accounts")
        op.create_table("orders", sa.Column("id", sa.Integer), schema="sales")
        op.create_table(table_name="named", schema=None)
        op.rename_table("users", "accounts")
        op.rename_table(old_table_name="orders", new_table_name="sold", schema="sales")
        op.create_table_comment("commented", "text")
        op.add_column("altered", sa.Column("id", sa.Integer))
        op.drop_table("dropped")
        """,
    )
    assert history.owned() == {"users", "sales.orders", "named", "accounts", "sales.sold"}


def test_a_directive_is_known_under_any_name(history: History) -> None:
    history.write(
        "a",
        """\
        import alembic.op as operation
        from alembic.op import create_table, rename_table as rename
        from alembic.op import create_table as make
        from helpers import create_history_table

        def upgrade(operations=None):
            create_table("a")
            make("b")
            rename("x", "c")
            operation.create_table("d")
            operations.create_table("e")
            context.op.create_table("f")
            create_history_table("g")
        """,
    )
    assert history.owned() == {"a", "b", "c", "d", "e", "f", "g"}


def test_a_table_object_that_is_created_is_owned(history: History) -> None:
    history.upgrade(
        "a",
        """\
        sa.Table("direct", sa.MetaData(), schema="s").create(op.get_bind())
        kept = sa.Table("kept", sa.MetaData())
        kept.create(op.get_bind(), checkfirst=True)
        """,
    )
    history.upgrade("b", 'sa.MetaData().create_all()\nsa.Table("all", metadata)')
    history.upgrade("c", 'sa.Table("reflected", sa.MetaData(), autoload_with=op.get_bind())')

    assert history.owned() == {"s.direct", "kept", "all"}


@pytest.mark.parametrize(
    ("sql", "owned"),
    [
        ("CREATE TABLE plain (id int)", {"plain"}),
        ("create table if not exists low(id int)", {"low"}),
        ("CREATE TEMPORARY TABLE temp AS SELECT 1", {"temp"}),
        ("CREATE UNLOGGED TABLE s.unlogged (id int)", {"s.unlogged"}),
        ("CREATE TABLE part PARTITION OF whole FOR VALUES IN (1)", {"part"}),
        ('CREATE TABLE "S"."Quoted Name" (id int)', {"S.Quoted Name", "s.quoted name"}),
        ("CREATE TABLE `back`.`ticks` (id int)", {"back.ticks"}),
        ("CREATE TABLE [dbo].[brackets] (id int)", {"dbo.brackets"}),
        ("CREATE TABLE d.s.three (id int)", {"s.three"}),
        ("CREATE TABLE Users (id int); CREATE TABLE b (id int)", {"Users", "users", "b"}),
        ("-- note\nCREATE\n TABLE\n spaced\n (id int)", {"spaced"}),
        ("ALTER TABLE old RENAME TO new", {"new"}),
        ("ALTER TABLE IF EXISTS ONLY s.old RENAME TO new", {"s.new"}),
        ('ALTER TABLE "old" RENAME AS "new"', {"new"}),
        ("ALTER TABLE old RENAME new", {"new"}),
        ("RENAME TABLE old TO s.new", {"s.new"}),
        ("ALTER TABLE t ADD COLUMN c int", set()),
        ("DROP TABLE t", set()),
        ("INSERT INTO t VALUES (1)", set()),
    ],
)
def test_a_table_that_sql_creates_or_renames_to_is_owned(
    history: History, sql: str, owned: set[str]
) -> None:
    history.upgrade("a", f"op.execute(sa.text({sql!r}))")

    assert history.owned() == owned


def test_sql_is_found_wherever_a_string_is(history: History) -> None:
    history.write(
        "a",
        """\
        STATEMENTS = ["CREATE TABLE listed (id int)", "CREATE TABLE also_listed (id int)"]

        def run(connection, statement="CREATE TABLE by_default (id int)"):
            connection.execute(statement)

        def upgrade():
            for statement in STATEMENTS:
                run(op.get_bind(), statement)
            run(op.get_bind(), f"CREATE TABLE formatted ({STATEMENTS})")
        """,
    )
    assert history.owned() == {"listed", "also_listed", "by_default", "formatted"}


@pytest.mark.parametrize(
    "call",
    [
        "op.create_table(name)",
        "op.create_table(*arguments)",
        "op.create_table(f'{name}_x')",
        "op.create_table('prefix_' + name)",
        "op.rename_table('old', name)",
        "op.execute('CREATE TABLE ' + name)",
        "op.execute('CREATE TABLE IF NOT EXISTS %s (id int)' % name)",
        "op.execute('CREATE TABLE {} (id int)'.format(name))",
        "op.execute(f'CREATE TABLE {name} (id int)')",
        "op.execute(f'ALTER TABLE old RENAME TO {name}')",
    ],
)
def test_a_file_with_a_computed_name_owns_each_word_that_it_says(
    history: History, call: str
) -> None:
    history.write(
        "a1",
        f"""\
        NAMES = ["one", "s.two", "not a name", "3", ""]

        def upgrade():
            for name in NAMES:
                {call}
        """,
    )
    owned = history.owned()
    assert {"a1", "one", "s.two"} <= owned
    assert owned <= {"a1", "one", "s.two", "old", "prefix_"}


@pytest.mark.parametrize(
    "call",
    [
        "op.create_table('t', schema=SCHEMA)",
        "op.execute(f'CREATE TABLE {SCHEMA}.t (id int)')",
        "op.execute('CREATE TABLE \"{}\".t (id int)'.format(SCHEMA))",
    ],
)
def test_a_table_in_a_computed_schema_is_owned_in_each_that_the_file_names(
    history: History, call: str
) -> None:
    history.upgrade("r", f'SCHEMA = "sales"\n{call}')

    assert history.owned() == {"t", "sales.t", "r.t"}


def test_a_literal_name_owns_no_other_word(history: History) -> None:
    history.upgrade("a", 'op.create_table("users", sa.Column("spatial_ref_sys"))')

    assert history.owned() == {"users"}


def test_what_only_a_downgrade_puts_back_is_not_owned(history: History) -> None:
    history.write(
        "a",
        """\
        def upgrade():
            op.drop_table("spatial_ref_sys")
            op.rename_table("before", "after")
            shared()

        def downgrade():
            op.create_table("spatial_ref_sys")
            op.rename_table("after", "before")
            put_back()
            shared()

        def put_back():
            op.execute("CREATE TABLE put_back (id int)")

        def shared():
            op.create_table("shared")

        def upgrade_engine1():
            op.create_table("first_engine")

        def downgrade_engine1():
            op.create_table("never")
        """,
    )
    assert history.owned() == {"after", "shared", "first_engine"}


def test_files_that_cannot_be_read_own_nothing(history: History, tmp_path: Path) -> None:
    history.write("broken", "def upgrade(:")
    (tmp_path / "nul.py").write_bytes(b"op.create_table('\0')")
    paths = [history.scripts[0].path, tmp_path / "nul.py", tmp_path / "missing.py", tmp_path]

    assert owned_tables(paths) == frozenset()
    assert schema_after([ScriptText(path.name, path) for path in paths]) == {}


def test_a_schema_is_replayed_from_the_directives(history: History) -> None:
    history.upgrade(
        "a",
        """\
        op.create_table(
            "users",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column(name="email", type_=sa.Text),
            sa.PrimaryKeyConstraint("id", name="pk"),
        )
        op.create_table("orders", sa.Column("id", sa.Integer), schema="sales")
        op.create_table("gone", sa.Column("id", sa.Integer))
        """,
    )
    history.upgrade(
        "b",
        """\
        op.add_column("users", sa.Column("name", sa.Text))
        op.add_column(table_name="orders", column=sa.Column("total"), schema="sales")
        op.drop_column("users", "email")
        op.alter_column("users", "name", nullable=False, new_column_name="full_name")
        op.alter_column("users", "id", nullable=False)
        op.rename_table("users", "accounts")
        op.rename_table("orders", "sold", schema="sales")
        op.drop_table("gone")
        op.drop_table("never_made")
        op.add_column("made_elsewhere", sa.Column("x"))
        """,
    )
    assert history.schema() == {"accounts": {"id", "full_name"}, "sales.sold": {"id", "total"}}


def test_batches_are_replayed_on_their_table(history: History) -> None:
    history.write(
        "a",
        """\
        def upgrade():
            op.create_table("t", sa.Column("a"), sa.Column("b"), schema="s")
            op.create_table("u", sa.Column("a"))
            with op.batch_alter_table("t", schema="s") as batch_op:
                batch_op.add_column(sa.Column("c"))
                batch_op.add_column(column=sa.Column("d"))
                batch_op.drop_column("a")
                batch_op.alter_column("b", new_column_name="e")
                batch_op.create_index("ix", ["c"])
            with op.batch_alter_table("t", schema="s") as t, op.batch_alter_table("u") as u:
                t.drop_column(column_name="d")
                add(u, "v")

        def add(batch, name):
            batch.add_column(sa.Column(name))
        """,
    )
    assert history.schema() == {"s.t": {"c", "e"}, "u": {"a", "v"}}


def test_the_functions_and_constants_of_the_file_are_followed(history: History) -> None:
    history.write(
        "a",
        """\
        from alembic.op import create_table as make, add_column
        TABLE = "t"
        SCHEMA: str = "s"
        SHARED = [sa.Column("created"), sa.Column("updated")]

        def upgrade():
            if not exists(TABLE):
                make(TABLE, sa.Column("id"), *SHARED, schema=SCHEMA)
            for name in ("a", "b"):
                column = sa.Column(name)
                add_column(TABLE, column, schema=SCHEMA)
            try:
                extend(TABLE, where=SCHEMA)
            finally:
                upgrade()

        def extend(table, where, prefix="x"):
            def inner(name="c"):
                add_column(table, sa.Column(name), schema=where)
                add_column(table, sa.Column(prefix), schema=where)
            inner()
            inner("d")
            inner(name=unknown)

        def downgrade():
            op.drop_table("t", schema="s")

        def never_called():
            op.create_table("never", sa.Column("id"))
        """,
    )
    assert history.schema() == {"s.t": {"id", "created", "updated", "a", "b", "c", "d", "x"}}


def test_what_is_not_literal_leaves_no_trace(history: History) -> None:
    history.upgrade(
        "a",
        """\
        op.create_table("t", sa.Column("id"))
        for name in inspector.get_table_names():
            op.drop_table(name)
            op.add_column(name, sa.Column("x"))
            op.drop_column("t", name)
        op.create_table(f"{prefix}_t", sa.Column("id"))
        op.create_table("u", sa.Column(name))
        op.execute("CREATE TABLE raw (id int)")
        """,
    )
    assert history.schema() == {"t": {"id"}}


@pytest.fixture
def three(history: History) -> History:
    """Revisions a (creates users), b (adds email), c (changes data only), d (renames to people)."""
    history.upgrade("a", 'op.create_table("users", sa.Column("id"))')
    history.upgrade("b", 'op.add_column("users", sa.Column("email"))')
    history.upgrade("c", 'op.execute("UPDATE users SET email = NULL")')
    history.upgrade("d", 'op.rename_table("users", "people")')
    return history


@pytest.mark.parametrize(
    ("live", "revision"),
    [
        ({"users": {"id"}}, "a"),
        ({"users": {"id", "email"}}, "c"),
        ({"people": {"id", "email"}}, "d"),
        ({"people": {"id", "email"}, "spatial_ref_sys": {"srid"}, "alembic_version": {"x"}}, "d"),
        ({"users": {"id", "email", "extra"}}, None),
        ({"people": {"id", "email"}, "users": {"id"}}, None),
        ({"spatial_ref_sys": {"srid"}}, None),
        ({"other.users": {"id"}}, None),
        ({}, None),
    ],
)
def test_the_last_revision_with_the_live_schema_matches(
    three: History, live: dict[str, set[str]], revision: str | None
) -> None:
    tables = {name: frozenset(columns) for name, columns in live.items()}

    assert matching_revision(three.scripts, tables) == revision


def test_an_empty_history_matches_nothing() -> None:
    assert matching_revision([], {"users": frozenset({"id"})}) is None
