"""A long history as there are in projects: every way in which people write migrations.

:func:`write` makes revisions by the dozen out of :data:`ANYWHERE` and :data:`POSTGRESQL`, each
of which is one habit. One in :data:`HALF_KNOWN` can't be recorded to its end, and a linter has to
say so.
"""

from __future__ import annotations

from textwrap import dedent, indent

from tests.project import Project

IMPORTS = """\
    import json
    import os
    import socket
    import subprocess
    from pathlib import Path

    from alembic import context
    from alembic.op import add_column, create_table, execute, get_bind
    from sqlalchemy import Column, orm
    from sqlalchemy.orm import declarative_base

    from habits import add_audit_columns, each_table
"""

HELPERS = '''
    """Helpers that migrations share, as projects have them."""

    import sqlalchemy as sa
    from alembic import op


    def add_audit_columns(table, *names):
        for name in names:
            op.add_column(table, sa.Column(name, sa.DateTime(), nullable=True))


    def each_table(*names):
        for name in names:
            if name not in sa.inspect(op.get_bind()).get_table_names():
                yield name
'''

ANYWHERE = {
    "table": """
        op.create_table("t{n}", sa.Column("id", sa.Integer(), primary_key=True),
                        sa.Column("name", sa.String(50), nullable=False),
                        sa.UniqueConstraint("name", name="uq_t{n}_name"))
        op.create_index("ix_t{n}_name", "t{n}", ["name"])
    """,
    "table without name": """
        t = create_table("u{n}", Column("id", sa.Integer(), primary_key=True),
                         Column("data", sa.JSON()), Column("at", sa.DateTime()))
        rows = [{{"id": 1, "data": {{"a": "100%", "b": ":x"}}}}, {{"id": 2, "data": None}}]
        op.bulk_insert(t, rows)
    """,
    "loop": """
        for name in ("a", "b", "c"):
            with op.batch_alter_table("t{base}") as batch_op:
                batch_op.add_column(sa.Column(f"{{name}}{n}", sa.Text(), server_default=""))
                batch_op.create_index(f"ix_{{name}}{n}", [f"{{name}}{n}"])
    """,
    "helper": 'add_audit_columns("t{base}", "made{n}", "seen{n}")',
    "helper that looks": """
        for name in each_table("v{n}", "t{base}"):
            op.create_table(name, sa.Column("id", sa.Integer(), primary_key=True))
    """,
    "session": """
        Base = declarative_base()

        class Row(Base):
            __tablename__ = "t{base}"
            id = sa.Column(sa.Integer, primary_key=True)
            name = sa.Column(sa.String(50))

        session = orm.Session(bind=op.get_bind())
        for row in session.query(Row).filter(Row.name.is_(None)):
            row.name = f"row {{row.id}}"
        session.add(Row(id={n} + 1000, name="n{n}"))
        session.commit()
    """,
    "inspect": """
        found = {{one["name"] for one in sa.inspect(op.get_bind()).get_columns("t{base}")}}
        if "extra{n}" not in found:
            op.add_column("t{base}", sa.Column("extra{n}", sa.Integer()))
    """,
    "backfill": """
        op.add_column("t{base}", sa.Column("full{n}", sa.Integer()))
        while True:
            rows = op.get_bind().execute(
                sa.text("SELECT id FROM t{base} WHERE full{n} IS NULL LIMIT 100")).fetchall()
            if not rows:
                break
            for (id_,) in rows:
                op.get_bind().execute(
                    sa.text("UPDATE t{base} SET full{n} = 1 WHERE id = :id"), {{"id": id_}})
    """,
    "core": """
        t = sa.table("t{base}", sa.column("id"), sa.column("name"))
        op.execute(t.update().where(t.c.name == op.inline_literal("a%b")).values(name="c:d"))
        op.execute(t.delete().where(t.c.id.in_([1, 2, 3])))
    """,
    "raw": "execute(\"DELETE FROM t{base} WHERE name LIKE '%%gone%%' OR name = 'a:b'\")",
    "prints": """
        print("migrating", os.environ.get("HOME"), context.get_x_argument(as_dictionary=True))
    """,
    "reads a file": """
        data = json.loads(Path(__file__).with_name("seed.json").read_text())
        for one in data:
            op.execute(f"INSERT INTO t{base} (id, name) VALUES ({{one['id']}} + {n}0, 'x{n}')")
    """,
    "models": """
        from models import User
        session = orm.Session(op.get_bind())
        session.query(User).count()
        op.drop_index("ix_t{base}_name", table_name="t{base}")
        op.create_index("ix_t{base}_name", "t{base}", ["name"])
    """,
    "nothing": "pass",
    "tolerates": """
        try:
            subprocess.run(["true"], check=True)
            socket.create_connection(("127.0.0.1", 9), 1)
        except OSError:
            pass
        op.execute("UPDATE t{base} SET name = name")
    """,
    "rename and drop": """
        op.create_table("w{n}", sa.Column("id", sa.Integer(), primary_key=True))
        op.rename_table("w{n}", "x{n}")
        op.drop_table("x{n}")
    """,
    "needs a row": """
        first = op.get_bind().execute(sa.text("SELECT id FROM t{base} WHERE name = 'no'")).one()
        op.execute(f"UPDATE t{base} SET name = 'yes' WHERE id = {{first.id}}")
    """,
    "exits": """
        if not context.get_x_argument(as_dictionary=True).get("sure"):
            raise SystemExit("say -x sure=1")
        op.drop_table("t{base}")
    """,
    "runs": """
        op.execute("UPDATE t{base} SET name = name || 'x'")
        subprocess.run(["touch", "made-by-a-migration"], check=True)
    """,
    "connects": """
        sa.create_engine(str(op.get_bind().engine.url)).connect()
        op.execute("DELETE FROM t{base}")
    """,
    "writes": 'Path("made-by-a-migration").write_text("x")',
}
"""Bodies of ``upgrade()`` for any database, by habit; ``n`` is their number, ``base`` a table."""

POSTGRESQL = {
    "several statements": """
        op.execute('''
            -- a comment; with a semicolon
            ALTER TABLE t{base} ADD COLUMN IF NOT EXISTS s{n} jsonb DEFAULT '{{"a": 1}}'::jsonb;
            CREATE INDEX IF NOT EXISTS ix_s{n} ON t{base} USING gin (s{n} jsonb_path_ops);
            COMMENT ON COLUMN t{base}.s{n} IS 'it''s 100%';
        ''')
    """,
    "do": """
        op.execute('''DO $body$ BEGIN
            IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood{n}') THEN
                CREATE TYPE mood{n} AS ENUM ('sad', 'ok');
            END IF;
        END $body$;''')
    """,
    "function": """
        op.execute('''CREATE OR REPLACE FUNCTION touch{n}() RETURNS trigger AS $$
            BEGIN NEW.name := lower(NEW.name); RETURN NEW; END; $$ LANGUAGE plpgsql;
            CREATE TRIGGER touch{n} BEFORE UPDATE ON t{base}
            FOR EACH ROW EXECUTE FUNCTION touch{n}();''')
    """,
    "casts": """
        op.execute("UPDATE t{base} SET name = id::text WHERE name ~ '^\\\\\\\\d+%' OR id::int = 7")
        op.execute(sa.text("UPDATE t{base} SET name = 'x' WHERE id = CAST(:id AS int)")
                   .bindparams(id={n}))
    """,
    "copy": "op.execute(\"COPY t{base} (id, name) FROM PROGRAM 'true'\")",
    "enum": """
        kind = sa.Enum("a", "b", name="kind{n}")
        kind.create(op.get_bind(), checkfirst=True)
        op.add_column("t{base}", sa.Column("kind{n}", kind, nullable=True))
        with op.get_context().autocommit_block():
            op.execute("ALTER TYPE kind{n} ADD VALUE IF NOT EXISTS 'c'")
    """,
    "concurrently": """
        with op.get_context().autocommit_block():
            op.create_index("ix_c{n}", "t{base}", ["id"], postgresql_concurrently=True,
                            if_not_exists=True)
    """,
    "type": """
        op.alter_column("t{base}", "name", type_=sa.Text(), existing_type=sa.String(50),
                        postgresql_using="name::text")
    """,
    "view": """
        op.execute("DROP VIEW IF EXISTS view{n}")
        op.execute("CREATE VIEW view{n} AS SELECT id, name FROM t{base} WHERE name LIKE 'a%'")
        op.execute("GRANT SELECT ON view{n} TO PUBLIC")
    """,
    "array": """
        op.create_table("y{n}", sa.Column("id", postgresql.UUID(as_uuid=True), primary_key=True,
                        server_default=sa.text("gen_random_uuid()")),
                        sa.Column("tags", postgresql.ARRAY(sa.String()), server_default="{{}}"),
                        sa.Column("data", postgresql.JSONB(), nullable=True))
        op.create_foreign_key("fk_y{n}", "t{base}", "y{n}", ["name"], ["id"]) if False else None
    """,
    "not valid": """
        op.create_check_constraint("ck_n{n}", "t{base}", "name <> ''", postgresql_not_valid=True)
        op.execute("ALTER TABLE t{base} VALIDATE CONSTRAINT ck_n{n}")
    """,
    "settings": """
        op.execute("SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '10s'")
        op.execute("LOCK TABLE t{base} IN ACCESS EXCLUSIVE MODE")
    """,
    "broken": 'op.execute("ALTER TABEL t{base} ADD COLUMN oops{n} int")',
}

HALF_KNOWN = {"needs a row", "exits", "runs", "connects", "writes"}
"""Those that raise while they are recorded, as nothing may leave and no rows are there."""

DOWNGRADES = ("pass", 'op.execute("UPDATE t0 SET name = name")', 'raise NotImplementedError("no")')


def write(project: Project, count: int, *, harmless: int = 0) -> list[str]:
    """Write so many revisions, with two branches that are merged again.

    :param harmless: how many at the beginning can really be applied: they make tables.
    :returns: the habit of each, in the order of the identifiers ``r000``, ``r001``...
    """
    project.write("habits.py", HELPERS)
    project.write("migrations/versions/seed.json", '[{"id": 1}, {"id": 2}]\n')
    bodies = dict(ANYWHERE)
    extra = dedent(IMPORTS)
    if project.url.startswith("postgresql"):
        bodies |= POSTGRESQL
        extra += "from sqlalchemy.dialects import postgresql\n"
    habits = []
    others = [name for name in bodies if name != "table"]
    for number in range(count):
        habit = "table" if number < max(harmless, 1) else others[number % len(others)]
        habits.append(habit)
        body = dedent(bodies[habit]).strip().format(n=number, base=0)
        project.add_revision(
            f"r{number:03}",
            _below(number, count),
            body,
            DOWNGRADES[number % len(DOWNGRADES)].format(n=number),
            extra=indent(extra, ""),
            depends_on="r001" if number == count - 1 else None,
            branch_labels=("side",) if number == _fork(count) + 1 else None,
        )
    return habits


def _fork(count: int) -> int:
    return count // 2


def _below(number: int, count: int) -> str | tuple[str, ...] | None:
    """One after another, but for a side branch of one revision in the middle, merged again."""
    fork = _fork(count)
    if number == 0:
        return None
    if number == fork + 2:
        return f"r{fork:03}"
    if number == fork + 3:
        return (f"r{fork + 1:03}", f"r{fork + 2:03}")
    return f"r{number - 1:03}"
