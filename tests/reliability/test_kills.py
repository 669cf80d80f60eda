"""SIGKILL at random moments: the next `safe-upgrade` ends as if nobody had killed anything.

`python -m tests.reliability.run 100` does the same with more of them; its counts are in
docs/reliability.md.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import without_server
from tests.reliability.killing import chain, whole
from tests.reliability.run import DATABASES, fresh
from tests.servers import ServerMissing

KILLS = 12
SEED = 5


@pytest.mark.parametrize("kind", DATABASES)
def test_every_kill_is_gone_on_from(tmp_path: Path, kind: str) -> None:
    try:
        with fresh(kind, tmp_path) as project:
            reference = whole(project)
    except ServerMissing as missing:
        without_server(missing)
    with fresh(kind, tmp_path) as project:
        made = chain(project, reference, SEED, KILLS)
    assert (made.status, made.partly, made.left) == (0, 0, reference.left), made.output
    assert made.killed >= KILLS // 3, made.output
