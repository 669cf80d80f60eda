"""The projects that are measured: many tables in the models, or many revisions."""

from __future__ import annotations

import subprocess
from pathlib import Path

MODELS = """\
from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import DeclarativeBase, mapped_column


class Base(DeclarativeBase):
    pass


for number in range({tables}):
    columns = {{f"c{{i}}": mapped_column(String(50), nullable=True) for i in range({columns})}}
    type(f"T{{number}}", (Base,), {{
        "__tablename__": f"t{{number}}",
        "id": mapped_column(Integer, primary_key=True),
        **columns,
    }})
"""

MIXED = """\
import sqlalchemy as sa

metadata = sa.MetaData()
for number in range({tables}):
    sa.Table(
        f"t{{number}}",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent_id", sa.ForeignKey(f"t{{max(number - 1, 0)}}.id")),
        sa.Column("email", sa.String(120), nullable=False),
        sa.Column("name", sa.String(50)),
        sa.Column("amount", sa.Numeric(10, 2), server_default="0"),
        sa.Column("status", sa.String(20), server_default="new", nullable=False),
        sa.Column("active", sa.Boolean, server_default=sa.true(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now()),
        sa.UniqueConstraint("email", name=f"uq_t{{number}}_email"),
        sa.CheckConstraint("status IN ('new', 'old') OR amount >= 0", name=f"ck_t{{number}}"),
        sa.Index(f"ix_t{{number}}_parent", "parent_id"),
        sa.Index(f"ix_t{{number}}_name", "name", "created_at"),
        sa.Index(f"ix_t{{number}}_lower", sa.text("lower(name)"))
        if number % 2
        else sa.Index(f"ix_t{{number}}_where", "name", postgresql_where=sa.text("amount > 0")),
    )
"""

MAKE = """\
import sys
import sqlalchemy as sa
from models import metadata

engine = sa.create_engine(sys.argv[1], isolation_level="AUTOCOMMIT")
with engine.connect() as connection:
    metadata.create_all(connection)
"""
"""In one transaction there would be no room for the locks of so many tables."""

IMPORTED = "from models import metadata as target_metadata"
PLUGINS = """
import importlib.util

PLUGINS = ["alembic.autogenerate.*"]
if importlib.util.find_spec("alembic_guard"):
    PLUGINS.append("alembic_guard.*")
"""
"""What is put into env.py, so that the same command has our comparators where we are installed."""

REVISION = '''\
"""make u{number}

Revision ID: r{number}
Revises: {down}
Create Date: 2026-01-02 03:04:05

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


revision: str = 'r{number}'
down_revision: Union[str, Sequence[str], None] = {down!r}
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table('u{number}', sa.Column('id', sa.Integer()))


def downgrade() -> None:
    op.drop_table('u{number}')
'''

BODIES = (
    """\
    op.create_table('u{n}', sa.Column('id', sa.BigInteger(), primary_key=True),
                    sa.Column('name', sa.String(50), nullable=False))
    op.create_index('ix_u{n}_name', 'u{n}', ['name'])
""",
    """\
    op.add_column('u{below}', sa.Column('note', sa.Text(), nullable=True))
    op.execute("UPDATE u{below} SET note = '' WHERE note IS NULL AND id < 1000")
    op.alter_column('u{below}', 'note', existing_type=sa.Text(), nullable=False)
""",
    """\
    with op.batch_alter_table('u{below}') as batch_op:
        batch_op.add_column(sa.Column('owner', sa.BigInteger(), nullable=True))
        batch_op.create_foreign_key('fk_u{n}', 'u{below}', ['owner'], ['id'])
""",
    """\
    for name in ('a', 'b'):
        op.add_column('u{below}', sa.Column(name, sa.DateTime(), server_default=sa.func.now()))
    op.execute("CREATE INDEX ix_u{n} ON u{below} (lower(name)); "
               "COMMENT ON INDEX ix_u{n} IS 'written by hand'")
""",
)
"""Bodies of ``upgrade()``, 2 to 4 directives each; ``below`` is the last table that one made."""


def project(folder: Path, alembic: str, tables: int, url: str, columns: int = 7) -> Path:
    """A project whose database has every table of its models but the last."""
    run([alembic, "init", "migrations"], folder)
    (folder / "models.py").write_text(MODELS.format(tables=tables - 1, columns=columns))
    env_py = folder / "migrations" / "env.py"
    env_py.write_text(
        env_py.read_text().replace(
            "target_metadata = None", "from models import Base\ntarget_metadata = Base.metadata"
        )
    )
    ini = folder / "alembic.ini"
    ini.write_text(ini.read_text().replace("driver://user:pass@localhost/dbname", url))
    if tables > 1:
        run([alembic, "revision", "--autogenerate", "-m", "all"], folder)
        run([alembic, "upgrade", "head"], folder)
    (folder / "models.py").write_text(MODELS.format(tables=tables, columns=columns))
    return folder


def mixed_project(folder: Path, alembic: str, tables: int, url: str) -> Path:
    """A project of tables with keys, constraints and indexes; the last is not in its database."""
    run([alembic, "init", "migrations"], folder)
    ini, env_py = folder / "alembic.ini", folder / "migrations" / "env.py"
    ini.write_text(ini.read_text().replace("driver://user:pass@localhost/dbname", url))
    given = "connection=connection, target_metadata=target_metadata"
    env_py.write_text(
        env_py.read_text()
        .replace(
            "target_metadata = None", f"from models import metadata as target_metadata{PLUGINS}"
        )
        .replace(given, f"{given}, autogenerate_plugins=PLUGINS")
    )
    (folder / "models.py").write_text(MIXED.format(tables=tables - 1))
    (folder / "make.py").write_text(MAKE)
    run([str(Path(alembic).with_name("python")), "make.py", url], folder)
    run([alembic, "revision", "-m", "tables"], folder)
    run([alembic, "stamp", "head"], folder)
    (folder / "models.py").write_text(MIXED.format(tables=tables))
    return folder


def history(folder: Path, number: int) -> None:
    """Write so many revisions, one after another, each with a table."""
    for place in range(number):
        down = f"r{place - 1:05}" if place else None
        text = REVISION.format(number=f"{place:05}", down=down)
        (folder / "migrations" / "versions" / f"r{place:05}.py").write_text(text)


def mixed_history(folder: Path, number: int) -> None:
    """Write so many revisions, one after another, of the kinds that there are in projects."""
    history(folder, number)
    for place in range(number):
        path = folder / "migrations" / "versions" / f"r{place:05}.py"
        body = BODIES[place % len(BODIES)]
        said = body.format(n=f"{place:05}", below=f"{place - place % len(BODIES):05}")
        table = f"    op.create_table('u{place:05}', sa.Column('id', sa.Integer()))\n"
        path.write_text(path.read_text().replace(table, said))


def run(words: list[str], folder: Path, expected: tuple[int, ...] = (0,)) -> str:
    """Run a command that must end well, or with one of these statuses; returns its stdout."""
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    if done.returncode not in expected:
        raise SystemExit(f"{words}: {done.stdout}{done.stderr}")
    return done.stdout
