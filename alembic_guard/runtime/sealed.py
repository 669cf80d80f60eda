"""While a migration is recorded, its thread reaches nothing outside: no server, process or file.

:func:`sealed` turns away, and notes, what Python itself announces before it does it (audit events,
https://docs.python.org/3/library/audit_events.html), every connection of an SQLAlchemy engine other
than the recorder's, and ``connect()`` of the drivers that are written in C.

It cannot turn away what is announced by nobody: a C library that connects by itself (a driver's
``connect`` that was imported by name before), threads that ran before, ``os.write`` to a descriptor
or ``send`` on a socket that is open already, memory that the migration changes (settings, caches,
``os.environ``). Reading files is not kept away.

The audit hook stays for the life of the process, as Python offers no way to remove one; outside of
a block it looks at one empty dict.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import get_ident
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_HARMLESS_FILES = frozenset({os.devnull, "/dev/tty", "/dev/stdout", "/dev/stderr"})
_DRIVERS = ("psycopg", "psycopg2", "asyncpg", "MySQLdb", "mariadb", "pyodbc", "oracledb")
"""Those whose C library opens its own sockets; the others are heard by ``socket.connect``."""

_BLOCKED = {
    "socket.connect": "connect a socket",
    "socket.bind": "bind a socket",
    "socket.sendto": "send to a socket",
    "socket.getaddrinfo": "look up a host",
    "socket.gethostbyname": "look up a host",
    "sqlite3.connect": "open a SQLite database",
    "subprocess.Popen": "start a process",
    "os.system": "start a process",
    "os.exec": "start a process",
    "os.posix_spawn": "start a process",
    "os.spawn": "start a process",
    "os.startfile": "start a process",
    "os.fork": "start a process",
    "os.forkpty": "start a process",
    "pty.spawn": "start a process",
    "os.kill": "send a signal",
    "signal.pthread_kill": "send a signal",
    "ctypes.dlopen": "load a library",
    "os.remove": "remove a file",
    "os.rename": "rename a file",
    "os.mkdir": "make a folder",
    "os.rmdir": "remove a folder",
    "os.link": "make a link",
    "os.symlink": "make a link",
    "os.truncate": "shorten a file",
    "os.chmod": "change the rights of a file",
    "os.chown": "change the owner of a file",
    "os.utime": "change the time of a file",
    "os.chdir": "change the working directory",
    "shutil.copyfile": "copy a file",
    "shutil.copytree": "copy a folder",
    "shutil.move": "move a file",
    "shutil.rmtree": "remove a folder",
    "shutil.make_archive": "write an archive",
    "shutil.unpack_archive": "unpack an archive",
}
_NAMELESS = {"os.system", "os.exec", "os.spawn", "os.kill", "os.fork", "os.forkpty"}
_NAMELESS |= {"socket.sendto", "sqlite3.connect"}


class Blocked(PermissionError):
    """What a recorded migration wanted to do outside; the kind of error that a locked-down machine
    would raise too, so that code which can live with that goes on.
    """


class Seal:
    """What was turned away.

    :param engine: the recorder's own, the only one that may be used.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.noted: list[str] = []

    def block(self, what: str) -> Blocked:
        """Note what was wanted, as words behind "it wanted to", and have it to raise."""
        if what not in self.noted:
            self.noted.append(what)
        return Blocked(f"recording does not let a migration {what}")


_sealed: dict[int, Seal] = {}
_hooked: list[bool] = []


@contextmanager
def sealed(engine: Engine) -> Iterator[Seal]:
    """Inside the block this thread reaches nothing outside.

    :param engine: the recorder's own.
    :returns: what has been turned away so far.
    """
    if not _hooked:
        sys.addaudithook(_audit)
        _hooked.append(True)
    thread, seal = get_ident(), Seal(engine)
    before, bytecode = _sealed.get(thread), sys.dont_write_bytecode
    with ExitStack() as undo:
        undo.enter_context(_engines(seal, thread))
        undo.enter_context(_calls(seal, thread))
        sys.dont_write_bytecode = True  # what a migration imports is no reason to turn it away
        undo.callback(setattr, sys, "dont_write_bytecode", bytecode)
        _sealed[thread] = seal
        try:
            yield seal
        finally:
            if before is None:
                del _sealed[thread]
            else:
                _sealed[thread] = before


def _audit(event_: str, words: tuple[Any, ...]) -> None:
    if not _sealed or (seal := _sealed.get(get_ident())) is None:
        return
    if event_ == "open":
        _opened(seal, *words)
    elif event_ in _BLOCKED and not (event_ == "ctypes.dlopen" and words[0] is None):
        # dlopen(None) is this very program: `import ctypes` does it
        raise seal.block(" ".join(filter(None, (_BLOCKED[event_], _named(event_, words)))))


def _opened(seal: Seal, file: Any, mode: Any, flags: Any) -> None:
    writes = any(sign in mode for sign in "wax+") if isinstance(mode, str) else False
    if not writes and not (isinstance(flags, int) and flags & _WRITING):
        return
    if isinstance(file, int):  # a descriptor that is open already
        return
    name = os.fsdecode(file) if isinstance(file, (str, bytes)) else str(file)
    if name not in _HARMLESS_FILES:
        raise seal.block(f"write to the file {name}")


def _named(event_: str, words: tuple[Any, ...]) -> str:
    """What an event is about, where that is short and no secret."""
    if event_ in ("socket.connect", "socket.bind") and len(words) > 1:
        address = words[1]
        if isinstance(address, tuple):
            return f"to {address[0]}:{address[1]}" if len(address) > 1 else ""
        return f"to {address}" if isinstance(address, str) else ""
    if event_ == "subprocess.Popen" and words:
        return os.path.basename(str(words[0]))  # its arguments may hold a password
    if event_.partition(".")[0] in ("signal", "pty") or event_ in _NAMELESS:
        return ""
    return str(words[0]) if words and isinstance(words[0], (str, bytes, os.PathLike)) else ""


@contextmanager
def _engines(seal: Seal, thread: int) -> Iterator[None]:
    """No engine but ours connects, and none hands out a connection that it has already."""

    def do_connect(dialect: Any, _record: Any, _words: Any, _options: Any) -> None:
        if get_ident() == thread:
            raise seal.block(f"connect to a database ({dialect.name})")

    def engine_connect(connection: Any) -> None:
        if get_ident() == thread and connection.engine.pool is not seal.engine.pool:
            raise seal.block("use a connection other than the migration's own")

    event.listen(Engine, "do_connect", do_connect)
    event.listen(Engine, "engine_connect", engine_connect)
    try:
        yield
    finally:
        event.remove(Engine, "do_connect", do_connect)
        event.remove(Engine, "engine_connect", engine_connect)


@contextmanager
def _calls(seal: Seal, thread: int) -> Iterator[None]:
    """What no event announces, by the names in which it is written in programs: ``connect()`` of
    the drivers in C; threads, which would be out of our reach, and ``time.sleep()``, which nobody
    could end (no events of theirs on 3.11).
    """
    with ExitStack() as undo:
        for name in _DRIVERS:
            module = sys.modules.get(name)
            for owner in (module, getattr(module, "Connection", None)):
                if owner is not None and "connect" in vars(owner):
                    _block(undo, owner, "connect", seal, thread, f"connect to a database ({name})")
        _block(undo, threading.Thread, "start", seal, thread, "start a thread")
        _block(undo, time, "sleep", seal, thread, "wait")
        yield


def _block(undo: ExitStack, owner: Any, name: str, seal: Seal, thread: int, what: str) -> None:
    plain, callable_ = vars(owner)[name], getattr(owner, name)

    def blocked(*words: Any, **options: Any) -> Any:
        if get_ident() == thread:
            raise seal.block(what)
        return callable_(*words, **options)

    undo.callback(setattr, owner, name, plain)
    method = isinstance(plain, (classmethod, staticmethod))
    setattr(owner, name, staticmethod(blocked) if method else blocked)
