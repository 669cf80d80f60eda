"""SIGKILL at random moments: the next `safe-upgrade` ends as if nobody had killed anything.

`python -m tests.reliability.run 100` does the same with more of them; its counts are in
docs/reliability.md.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import without_server
from tests.reliability.run import DATABASES, chains
from tests.servers import ServerMissing

KILLS = 5


@pytest.mark.parametrize("kind", DATABASES)
def test_every_kill_is_gone_on_from(tmp_path: Path, kind: str) -> None:
    try:
        made = [*chains(kind, KILLS, tmp_path)]
    except ServerMissing as missing:
        without_server(missing)
    for one, reference in made:
        assert (one.status, one.partly, one.left) == (0, 0, reference.left), one.output
