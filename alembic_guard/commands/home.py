"""Where a project lies in its repository: what reports with places of their own need to know."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic_guard.runtime.history import relative

if TYPE_CHECKING:
    from alembic.config import Config


def home(config: Config) -> tuple[str, str | None]:
    """The working directory as the root of the repository sees it, and the config file."""
    names = (config.config_file_name, config.toml_file_name)
    there = [relative(name) for name in names if name is not None and Path(name).exists()]
    return _below_root(Path.cwd()), there[0] if there else None


def _below_root(here: Path) -> str:
    """A folder, as the root of its git repository sees it; a worktree's ``.git`` is a file."""
    for root in (here, *here.parents):
        if (root / ".git").exists():
            return "" if root == here else here.relative_to(root).as_posix()
    return ""
