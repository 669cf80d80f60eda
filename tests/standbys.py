"""A hot standby of a server of our own, made and promoted with PostgreSQL's own tools."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, text
from sqlalchemy.pool import NullPool

from tests import servers


def home(server: URL) -> Path:
    """The directory of a server of :func:`tests.servers.started`: its `data` is in there."""
    engine = create_engine(server.set(database="postgres"), poolclass=NullPool)
    with engine.connect() as connection:
        return Path(str(connection.scalar(text("SHOW data_directory")))).parent


@contextmanager
def standby(primary: URL) -> Iterator[URL]:
    """A server that follows another one, gone when the block ends; it answers as soon as it may.

    :param primary: one of :func:`tests.servers.started`, which lets everybody replicate.
    """
    binaries = servers.binaries()
    account = servers.unprivileged_account()
    directory = Path(tempfile.mkdtemp(prefix="guard-standby-", dir="/tmp"))
    port = servers.free_port()
    try:
        if account:
            shutil.chown(directory, account["user"], account["group"])
        conninfo = f"host={primary.host} port={primary.port} user={primary.username}"
        _run(directory, _base_backup(binaries), "-R", "-c", "fast", "-D", "data", "-d", conninfo)
        settings = f"-F -h 127.0.0.1 -p {port} -c unix_socket_directories=''"
        log = str(directory / "server.log")
        _run(directory, *servers.pg_ctl(binaries, directory), "-l", log, "-o", settings, "start")
        yield primary.set(port=port)
    finally:
        if (directory / "data" / "postmaster.pid").exists():
            stop(directory)
        shutil.rmtree(directory)


def stop(directory: Path) -> None:
    """End the server of a directory at once, as a machine that loses its power does."""
    binaries = servers.binaries()
    _run(directory, *servers.pg_ctl(binaries, directory), "-m", "immediate", "stop")


def _base_backup(binaries: Path) -> str:
    """`pg_basebackup`, also where `binaries` holds links to some of the programs alone."""
    beside = [binaries, (binaries / "pg_ctl").resolve().parent]
    found = shutil.which("pg_basebackup", path=":".join(map(str, beside)))
    if found is None:
        raise servers.ServerMissing(f"there is no pg_basebackup in {binaries}")
    return found


def _run(directory: Path, *words: str) -> None:
    # without pipes, which the server that is started would keep open
    subprocess.run(
        words,
        cwd=directory,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **servers.unprivileged_account(),
    )
