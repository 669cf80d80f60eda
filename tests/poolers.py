"""A real PgBouncer between a test and PostgreSQL, gone when the test ends.

It runs as `nobody` where the tests run as root, because PgBouncer refuses root.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL

from tests import servers

Pooler = Callable[..., URL]
"""Starts one in front of the test's database, given a mode and settings; says its URL."""

PLACES = "/usr/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin"
"""Where packages put it; Debian's place is not on the PATH of a user."""


def program() -> str:
    """The pgbouncer of this machine.

    :raises ServerMissing: where there is none.
    """
    found = shutil.which("pgbouncer") or shutil.which("pgbouncer", path=PLACES)
    if found is None:
        raise servers.ServerMissing("there is no pgbouncer (Debian: apt-get install pgbouncer)")
    return found


@contextmanager
def pgbouncer(url: URL, mode: str, **more: object) -> Iterator[URL]:
    """The URL of a pooler of our own in front of the server of `url`.

    :param mode: ``transaction``, ``session`` or ``statement``.
    :param more: settings of `[pgbouncer]`, such as ``default_pool_size``.
    """
    binary = program()
    home = Path(tempfile.mkdtemp(prefix="guard-pgbouncer-", dir="/tmp"))
    home.chmod(0o755)  # `nobody` reads it
    port = servers.free_port()
    settings = {"pool_mode": mode, "listen_addr": "127.0.0.1", "listen_port": port}
    settings |= {"auth_type": "any", "unix_socket_dir": "", "ignore_startup_parameters": "options"}
    lines = "\n".join(f"{name} = {value}" for name, value in {**settings, **more}.items())
    server = f"host={url.host} port={url.port} user={url.username}"
    server += f" password={url.password}" if url.password else ""
    (home / "pgbouncer.ini").write_text(f"[databases]\n* = {server}\n[pgbouncer]\n{lines}\n")
    process = subprocess.Popen(
        [binary, str(home / "pgbouncer.ini")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **servers.unprivileged_account(),
    )
    try:
        behind = url.set(port=port)
        deadline = time.monotonic() + 30
        while servers.silence_of(behind):
            assert process.poll() is None, "pgbouncer ended at once"
            assert time.monotonic() < deadline, "it did not start in time"
            time.sleep(0.05)
        yield behind
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(home)
