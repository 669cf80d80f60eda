"""The main job of alembic_guard on SQLite, as a user would type it.

Makes a new project in a temporary folder and runs the real ``alembic`` command of this Python's
environment: a guarded revision, refusals worth seeing, a safe upgrade, and the journal. It ends
with status 1 as soon as a command ends with another status than it should.

    python examples/demo.py [FOLDER]     keep the project in FOLDER, which must not exist
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ALEMBIC = Path(sys.executable).parent / "alembic"

MODELS = """\
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
"""


class Demo:
    """A project in a folder, and the commands that are run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def say(self, text: str) -> None:
        """A line of explanation."""
        print(f"\n# {text}", flush=True)

    def run(self, command: str, status: int = 0, environ: Mapping[str, str] | None = None) -> None:
        """Show a command, run it, and stop the demo unless it ends with ``status``."""
        print(f"$ {command}", flush=True)
        words = shlex.split(command)
        assert words[0] == "alembic"
        done = subprocess.run(
            [str(ALEMBIC), *words[1:]],
            cwd=self.folder,
            env={**os.environ, **(environ or {})},
            capture_output=True,
            text=True,
        )
        print(done.stdout, end="", flush=True)
        if done.returncode != status:
            print(done.stderr, file=sys.stderr)
            raise SystemExit(f"expected status {status}, got {done.returncode}: {command}")
        if status:
            print(f"(exit status {status})", flush=True)

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that must be there once."""
        path = self.folder / name
        text = path.read_text("utf-8")
        assert text.count(old) == 1, (name, old)
        path.write_text(text.replace(old, new), "utf-8")
        print(f"  edited {name}", flush=True)


def main(folder: Path) -> None:
    """Run the demo in an empty folder."""
    demo = Demo(folder)
    demo.say("A new project: alembic init, two edits, and the guards' hooks.")
    demo.run("alembic init migrations")
    (folder / "models.py").write_text(MODELS, "utf-8")
    demo.edit(
        "migrations/env.py",
        "target_metadata = None",
        "from models import Base\n\ntarget_metadata = Base.metadata",
    )
    demo.edit("alembic.ini", "driver://user:pass@localhost/dbname", "sqlite:///app.db")
    demo.run("alembic guard-init")

    demo.say("The first migration, and the upgrade that applies it.")
    demo.run('alembic guard-revision -m "users"')
    demo.run("alembic safe-upgrade")

    demo.say("Nothing has changed since: plain autogenerate would write an empty file.")
    demo.run('alembic guard-revision -m "nothing new"', status=1)

    demo.say("A renamed column: plain autogenerate would drop it, with its data.")
    demo.edit("models.py", "    name: Mapped[str]", "    full_name: Mapped[str]")
    demo.run('alembic guard-revision -m "full name"', status=1)
    demo.run('alembic guard-revision -m "full name" --rename users.name:full_name')

    demo.say("The database is behind now, so the next revision would repeat this one.")
    demo.edit(
        "models.py",
        "    full_name: Mapped[str]",
        "    email: Mapped[str | None] = mapped_column(String(80))\n    full_name: Mapped[str]",
    )
    demo.run('alembic guard-revision -m "email"', status=1)
    demo.run('alembic guard-revision -m "email" --upgrade')

    demo.say("What would be applied, then applying it, then who did what.")
    demo.run("alembic safe-upgrade --plan")
    demo.run("alembic safe-upgrade")
    demo.run("alembic guard-log")
    print(f"\nThe demo ran to its end in {folder}.", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        kept = Path(sys.argv[1])
        kept.mkdir(parents=True)
        main(kept)
    else:
        with tempfile.TemporaryDirectory(prefix="alembic-guard-demo-") as temporary:
            main(Path(temporary))
