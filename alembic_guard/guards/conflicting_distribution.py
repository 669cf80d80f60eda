"""Another distribution installs a package ``alembic_guard`` too.

``alembic-guard`` on PyPI, a linter that has nothing to do with this one, does. Both write into one
folder, so that files of either replace the other's, and uninstalling one breaks the other.

Fix: uninstall the other one, and install ``alembic-guardrails`` again: some of its files are gone.

Bad::

    # file: lib/alembic_guard-0.1.0.dist-info/METADATA
    Metadata-Version: 2.1
    Name: alembic-guard
    Version: 0.1.0
    # file: lib/alembic_guard-0.1.0.dist-info/top_level.txt
    alembic_guard
    # edit: alembic.ini: prepend_sys_path = . -> prepend_sys_path = .:lib
    $ alembic guard-doctor

Good::

    # edit: alembic.ini: prepend_sys_path = . -> prepend_sys_path = .:lib
    $ alembic guard-doctor
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding
from alembic_guard.runtime.installation import OURS, PACKAGE, Installation

JUDGES = Installation


def judge(found: Installation) -> Iterator[Finding]:
    """Refuse: which files are whose is chance."""
    for stranger in found.strangers:
        name = stranger.split()[0]
        yield Finding(
            "conflicting-distribution",
            f"{stranger} installs a package {PACKAGE} too, over that of {OURS}.",
            why="Which of their files are in that folder depends on which was installed last.",
            next=(f"pip uninstall {name} && pip install --force-reinstall {OURS}",),
        )
