"""env.py imports what is not there: the module, who imports it, and where Python looked."""

from __future__ import annotations

import re

from tests.commands.revising import edit, refused
from tests.project import Project


def test_a_module_that_is_not_there(sqlite_project: Project) -> None:
    edit(sqlite_project, "migrations/env.py", "from models import", "from backend.models import")
    said = re.sub("looked in .* …", "looked in … …", refused(sqlite_project))
    assert said == (
        "error: env-import-error (migrations/env.py:21): migrations/env.py imports backend, "
        "which Python does not find.\n"
        "    No module named 'backend'\n"
        "    Python looked in … …\n"
        "    next: in alembic.ini: prepend_sys_path = .  # the folder that holds your package\n"
        "    next: python -c 'import backend'\n"
    )


def test_a_name_that_the_module_does_not_have(sqlite_project: Project) -> None:
    edit(sqlite_project, "models.py", "import String", "import String, Nonsense")
    said = re.sub("found in .*", "found in ….", refused(sqlite_project))
    assert said == (
        "error: env-import-error (models.py:3): models.py raises ImportError: "
        "cannot import name 'Nonsense' from 'sqlalchemy'.\n"
        "    It was found in ….\n"
        "    next: python -c 'import sqlalchemy; print(sqlalchemy.__file__)'"
        "  # is it the one you mean?\n"
    )
