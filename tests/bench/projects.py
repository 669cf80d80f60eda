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


def history(folder: Path, number: int) -> None:
    """Write so many revisions, one after another, each with a table."""
    for place in range(number):
        down = f"r{place - 1:05}" if place else None
        text = REVISION.format(number=f"{place:05}", down=down)
        (folder / "migrations" / "versions" / f"r{place:05}.py").write_text(text)


def run(words: list[str], folder: Path) -> None:
    """Run a command that must end well."""
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{words}: {done.stdout}{done.stderr}")
