"""Models that cannot be made, or are hard to: named by `guard-revision`, and never a traceback."""

from __future__ import annotations

from sqlalchemy import text

from tests.commands.revising import applied, body, revise, settled, written
from tests.guards.test_not_compared import warned
from tests.project import Project

HEAD = """\
import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table
from sqlalchemy.dialects.mysql import SET
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.types import UserDefinedType

"""

BAD = """

def table(name, *items):
    return Table(name, Base.metadata, Column("id", Integer, primary_key=True), *items)


def typed(sql):
    sa.event.listen(Base.metadata, "after_create", sa.DDL(sql))


class Wordless(UserDefinedType):
    cache_ok = True


table("wordless", Column("x", Wordless()))
table("of_mysql", Column("x", SET("a")))
table("of_an_extension", Column("x", CITEXT()))
table("twice.named", CheckConstraint("id > 0", name="ck"), CheckConstraint("id > 1", name="ck"))
table("one", Index("ix", "id"))
table("two", Index("ix", "id"))
typed("CREATE VIEW one AS SELECT 1 AS one")
typed("CREATE FUNCTION bad() RETURNS int LANGUAGE sql AS $$ SELEC 1 $$")
typed("CREATE FUNCTION worse() RETURNS int LANGUAGE nothing AS $$ SELECT 1 $$")
"""
WHY = "    It is taken neither for missing nor for the same: only what Alembic sees is proposed."
NAMED = {
    "table of_an_extension": 'type "citext" does not exist',
    "table twice.named": 'check constraint "ck" already exists',
    "index ix": 'relation "ix" already exists',
    "CREATE VIEW one AS SELECT 1 AS one": 'relation "one" already exists',
    "CREATE FUNCTION worse() RETURNS int LANGUAGE nothing AS $$ SELECT 1 $$": (
        'language "nothing" does not exist'
    ),
    "CREATE FUNCTION bad() RETURNS int LANGUAGE sql AS $$ SELEC 1 $$": (
        'syntax error at or near "SELEC"'
    ),
    "table wordless": "'Wordless' object has no attribute 'get_col_spec'",
    "table of_mysql": "String.__init__() got an unexpected keyword argument 'retrieve_as_bitwise'",
}


def with_models(project: Project, more: str) -> Project:
    """A settled project whose models have more."""
    settled(project)
    project.write("models.py", HEAD + project.read("models.py") + more)
    return project


def test_what_cannot_be_made_is_named_each_with_its_reason(postgresql_project: Project) -> None:
    project = with_models(postgresql_project, BAD)

    result = revise(project)

    assert "Traceback" not in result.output
    assert warned(result.output) == [
        line
        for source, reason in NAMED.items()
        for line in (f"warning: not-compared: {source} was not compared: {reason}.", WHY)
    ]


ODD = """

def typed(sql):
    sa.event.listen(Base.metadata, "after_create", sa.DDL(sql))


Table(
    '100% "a.b" it\\'s :x',
    Base.metadata,
    Column("a.b %s", Integer, primary_key=True, autoincrement=False),
    Column("it's :y", sa.String(5), server_default="5% :z"),
    comment="it's 100%",
)
KEYS = {"hens": Column("e", ForeignKey("eggs.id")), "eggs": Column("h", ForeignKey("hens.id"))}
for name, key in KEYS.items():
    Table(name, Base.metadata, Column("id", Integer, primary_key=True), key)
typed("CREATE VIEW v AS SELECT id FROM app.things")
"""
WRITTEN = """\
op.create_table('100% "a.b" it\\'s :x',
sa.Column('a.b %s', sa.Integer(), autoincrement=False, nullable=False),
sa.Column("it's :y", sa.String(length=5), server_default='5% :z', nullable=True),
sa.PrimaryKeyConstraint('a.b %s'),
comment="it's 100%"
)
op.create_table('eggs',
sa.Column('id', sa.Integer(), nullable=False),
sa.Column('h', sa.Integer(), nullable=True),
sa.PrimaryKeyConstraint('id')
)
op.create_table('hens',
sa.Column('id', sa.Integer(), nullable=False),
sa.Column('e', sa.Integer(), nullable=True),
sa.PrimaryKeyConstraint('id')
)
op.create_foreign_key(op.f('eggs_h_fkey'), 'eggs', 'hens', ['h'], ['id'])
op.create_foreign_key(op.f('hens_e_fkey'), 'hens', 'eggs', ['e'], ['id'])
op.execute('CREATE VIEW v AS SELECT id FROM app.things')"""


def test_odd_names_a_circle_and_a_view_of_another_schema_are_written_once(
    postgresql_project: Project,
) -> None:
    project = with_models(postgresql_project, ODD)
    with project.connect() as connection:
        connection.execute(text("CREATE SCHEMA app"))
        connection.execute(text("CREATE TABLE app.things (id integer)"))

    first = applied(revise(project))
    upgrade = body(written(project)[0])
    applied(project.alembic("safe-upgrade"))
    again = revise(project)

    assert warned(first.output) == []
    assert upgrade == WRITTEN
    assert again.stdout.startswith("error: empty-revision: Nothing differs between the models and ")
