"""env.py, or something that it imports, imports a module that is not there.

Most often the project's root is not on ``sys.path``: Alembic adds only what ``prepend_sys_path``
says, and a relative folder in it is relative to where the command is typed. Otherwise the package
is not installed where Alembic is, or two modules import each other.

Fix: set ``prepend_sys_path`` in the config to the folder that holds your package, with
``%(here)s`` for the folder of the config itself.

Bad::

    # edit: migrations/env.py: from models import Base -> from backend.models import Base
    $ alembic safe-upgrade

Good::

    $ alembic safe-upgrade
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from alembic_guard.finding import Finding, Place
from alembic_guard.runtime.failure import EnvironmentFailed
from alembic_guard.runtime.history import relative
from alembic_guard.runtime.import_roots import MissingModule

JUDGES = EnvironmentFailed
NEVER_ALLOWED = True

_NAME = "env-import-error"
_PACKAGES = {
    "PIL": "Pillow", "bs4": "beautifulsoup4", "dateutil": "python-dateutil",
    "decouple": "python-decouple", "dotenv": "python-dotenv", "environ": "django-environ",
    "flask_sqlalchemy": "Flask-SQLAlchemy", "geoalchemy2": "GeoAlchemy2", "jose": "python-jose",
    "jwt": "PyJWT", "psycopg2": "psycopg2-binary", "yaml": "PyYAML",
}  # fmt: skip
"""What is installed under another name than it is imported by."""


def judge(failed: EnvironmentFailed) -> Iterator[Finding]:
    """Refuse, with the module, who imports it and what would find it."""
    if failed.kind != _NAME:
        return
    path, line = failed.frame
    by = relative(path)
    if "partially initialized module" in str(failed.error):
        found = _circular(failed)
    elif isinstance(failed.error, ModuleNotFoundError):
        found = _missing(failed.module, by)
    else:
        found = _lacking(failed, by)
    yield replace(found, place=Place(by, line or None))


def _missing(module: MissingModule, by: str) -> Finding:
    looked = f"Python looked in {', '.join(module.searched) or 'no folder of the project'}"
    looked += " and in the installed packages."
    if module.root is not None:
        folder = relative(module.root)
        return Finding(
            _NAME,
            f"{by} imports {module.name}, which is in "
            f"{'this folder' if folder == '.' else folder}, where Python does not look.",
            why=looked,
            next=(f"in {relative(module.file)}{module.paste}",),
        )
    if module.parent is not None:
        package = module.name.rpartition(".")[0]
        near = (f"in {by}, write {module.near}",) if module.near else ()
        said = f"{by} imports {module.name}, and {package} has no such module."
        why = f"{package} was found in {relative(module.parent)}."
        return Finding(_NAME, said, why, near or (f"ls {relative(module.parent)}",))
    if module.environment is not None:
        folder = relative(module.environment)
        said = f"{by} imports {module.name}, which is installed in {folder}, and this is another "
        return Finding(
            _NAME, f"{said}Python.", f"This one is {module.python}.", (f". {folder}/bin/activate",)
        )
    top = module.name.split(".")[0]
    return Finding(
        _NAME,
        f"{by} imports {module.name}, which is neither installed nor in the project.",
        why=looked,
        next=(
            f"in {by}, write the name by which Python finds it, if it is a module of yours",
            f"pip install {_PACKAGES.get(top, top.replace('_', '-'))}"
            "  # if it is a package from PyPI",
        ),
    )


def _circular(failed: EnvironmentFailed) -> Finding:
    """Two modules that import each other: the chain of imports says which."""
    chain = [f"{relative(file)}:{line}" for file, line in failed.chain]
    missing = re.search(r"(?:import name|no attribute) '(\w+)'", str(failed.error))
    name = missing[1] if missing else "a name"
    return Finding(
        _NAME,
        f"{relative(failed.frame[0])} imports {name} from a module that is itself being imported.",
        why="The modules import each other: " + " -> ".join(chain) + ".",
        next=(
            f"in {chain[-1]}, import it inside of the function that needs it, or move {name} "
            "to a module that imports neither",
        ),
    )


def _lacking(failed: EnvironmentFailed, by: str) -> Finding:
    """The module is there, and what is imported from it is not."""
    module, near = failed.module.name, failed.module.near
    said, _, where = str(failed.error).splitlines()[0].partition(" (")
    look = f"python -c 'import {module}; print({module}.__file__)'  # is it the one you mean?"
    return Finding(
        _NAME,
        f"{by} raises ImportError: {said.rstrip('.')}.",
        why=f"It was found in {relative(where.rstrip(')'))}." if where else "",
        next=(
            *((f"in {by}, write {near}",) if near else ()),
            look if " " not in module else "alembic --raiseerr current  # the whole traceback",
        ),
    )
