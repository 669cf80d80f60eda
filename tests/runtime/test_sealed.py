"""Inside a sealed block this thread reaches nothing outside, and other threads are left alone."""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pymysql
import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from alembic_guard.runtime.sealed import Blocked, sealed

OWN = create_engine("sqlite://")


def in_a_socket() -> None:
    with socket.socket() as client:
        client.connect(("127.0.0.1", 9))


ATTEMPTS: dict[str, tuple[Callable[[], object], str]] = {
    "socket": (in_a_socket, "connect a socket to 127.0.0.1:9"),
    "host": (lambda: socket.getaddrinfo("localhost", 80), "look up a host localhost"),
    "process": (lambda: subprocess.run([sys.executable, "-V"]), "start a process"),
    "shell": (lambda: os.system("true"), "start a process"),
    "fork": (lambda: os.fork(), "start a process"),
    "exec": (lambda: os.execv(sys.executable, ["-V"]), "start a process"),
    "thread": (lambda: threading.Thread(target=print).start(), "start a thread"),
    "signal": (lambda: os.kill(os.getpid(), 0), "send a signal"),
    "library": (lambda: ctypes.CDLL("libc.so.6"), "load a library libc.so.6"),
    "sqlite": (lambda: sqlite3.connect(":memory:"), "open a SQLite database"),
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_it_is_turned_away_and_noted(attempt: str) -> None:
    act, what = ATTEMPTS[attempt]

    with sealed(OWN) as seal:
        with pytest.raises(Blocked):
            act()
        noted = [each.removesuffix(f" {os.path.basename(sys.executable)}") for each in seal.noted]

    assert noted == [what]


def test_files_are_not_written_moved_or_removed(tmp_path: Path) -> None:
    file = tmp_path / "kept.txt"
    file.write_text("kept")
    attempts: list[Callable[[], object]] = [
        lambda: file.write_text("lost"),
        lambda: os.open(file, os.O_RDWR),
        lambda: file.unlink(),
        lambda: file.rename(tmp_path / "moved.txt"),
        lambda: (tmp_path / "made").mkdir(),
        lambda: os.truncate(file, 0),
        lambda: file.chmod(0o777),
        lambda: shutil.copy(file, tmp_path / "copied.txt"),
        lambda: shutil.rmtree(tmp_path),
    ]

    with sealed(OWN):
        for attempt in attempts:
            with pytest.raises(Blocked):
                attempt()
        assert file.read_text() == "kept"

    assert [each.name for each in tmp_path.iterdir()] == ["kept.txt"]


def test_drivers_do_not_connect(postgresql_url: str, mariadb_url: str) -> None:
    url = make_url(mariadb_url)
    named = {"host": url.host or "", "user": url.username or "", "password": url.password or ""}
    with sealed(OWN) as seal:
        with pytest.raises(Blocked):
            psycopg.connect(postgresql_url.replace("+psycopg", ""))
        with pytest.raises(Blocked):
            psycopg.Connection.connect(postgresql_url.replace("+psycopg", ""))
        with pytest.raises(pymysql.err.OperationalError):
            pymysql.connect(**named)

    assert seal.noted == ["connect to a database (psycopg)", f"look up a host {url.host}"]
    psycopg.Connection.connect(postgresql_url.replace("+psycopg", "")).close()


def test_no_other_engine_gives_out_a_connection(tmp_path: Path) -> None:
    other = create_engine(f"sqlite:///{tmp_path}/other.db")
    other.connect().close()  # its pool holds one now

    with sealed(OWN) as seal, pytest.raises(Blocked):
        other.connect()

    assert seal.noted == ["use a connection other than the migration's own"]
    other.connect().close()


def test_another_thread_works_on(tmp_path: Path) -> None:
    begin, failed = threading.Event(), []

    def work() -> None:
        begin.wait(10)
        try:
            (tmp_path / "made.txt").write_text("made")
            subprocess.run([sys.executable, "-V"], check=True, capture_output=True)
            create_engine("sqlite://").connect().close()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    with sealed(OWN) as seal:
        begin.set()
        thread.join()

    assert (failed, seal.noted) == ([], [])


def test_a_module_is_imported_without_its_bytecode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "imported_while_sealed.py").write_text("import ctypes\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    with sealed(OWN) as seal:
        __import__("imported_while_sealed")

    assert seal.noted == []
    assert [each.name for each in tmp_path.iterdir()] == ["imported_while_sealed.py"]


def test_everything_works_again_afterwards(tmp_path: Path) -> None:
    with sealed(OWN):
        pass

    (tmp_path / "made.txt").write_text("made")
    create_engine("sqlite://").connect().close()
    subprocess.run([sys.executable, "-V"], check=True, capture_output=True)
