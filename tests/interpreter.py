"""What a test does to the Python that runs `alembic`, by a `sitecustomize.py` of its own.

Each function writes one into a folder and returns the variables that put it in force; the command
itself stays the real one.
"""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

WITHOUT_PLUGIN = """
    from importlib import metadata

    every = metadata.entry_points

    def entry_points(**wanted):
        return () if wanted.get("group") == "alembic.plugins" else every(**wanted)

    metadata.entry_points = entry_points
"""

WITHOUT_PACKAGES = """
    import sys
    from importlib import metadata

    MISSING = {packages!r}
    every = metadata.entry_points

    def entry_points(**wanted):
        found = every(**wanted)
        return [point for point in found if point.value.split(".")[0] not in MISSING]

    class Missing:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name.split(".")[0] in MISSING:
                raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

    metadata.entry_points = entry_points
    sys.meta_path.insert(0, Missing)
"""


def running(folder: Path, code: str) -> dict[str, str]:
    """A Python that runs `code` before anything else."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sitecustomize.py").write_text(dedent(code), "utf-8")
    return {"PYTHONPATH": str(folder)}


def without_plugin(folder: Path) -> dict[str, str]:
    """An Alembic that has no plugins installed."""
    return running(folder, WITHOUT_PLUGIN)


def without(folder: Path, *packages: str) -> dict[str, str]:
    """A Python in which packages, with their entry points, are not installed."""
    return running(folder, WITHOUT_PACKAGES.format(packages=packages))
