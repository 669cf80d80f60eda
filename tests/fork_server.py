"""Forks a process for each console script that :mod:`tests.forking` asks for; run as a program.

It loads what `alembic` loads before it looks at its words, and nothing of ours beyond what
`import alembic` loads in every program. It listens at the Unix socket that it is told, and ends
when its stdin does.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
from pathlib import Path

LOADED = (
    *("alembic.command", "alembic.config", "mako.template", "sqlalchemy.orm"),
    *(f"sqlalchemy.dialects.{each}" for each in ("sqlite", "postgresql", "mysql")),
)


def serve(address: str) -> str:
    """Fork until stdin ends.

    :returns: in each process that was forked, the script that it is to run; in this one "".
    """
    for module in LOADED:
        importlib.import_module(module)
    gc.freeze()  # what is collected is written to, and what is written to is copied
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # at a terminal it is meant for pytest
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a waiting process ended
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(64)
        os.write(1, b".")
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                return waited_for(connection)
            connection.close()
    return ""


def waited_for(connection: socket.socket) -> str:
    """Fork the process that was asked for, tell its number, and its exit status when it ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size, streams, *_ = socket.recv_fds(connection, 4, 3)
    with connection.makefile("rb") as asked:
        request = json.loads(asked.read(int.from_bytes(size, "big")))
    if pid := os.fork():
        connection.sendall(b"%d\n" % pid)
        connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        os._exit(0)
    connection.close()
    return become(request, streams)


def become(request: dict[str, object], streams: list[int]) -> str:
    """Give this process the streams, directory, environment and words of a new one."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(str(request["cwd"]))
    os.environ.clear()
    os.environ.update(request["env"])  # type: ignore[call-overload]
    script, *words = request["words"]  # type: ignore[misc]
    sys.argv[:] = [script, *words]
    sys.path[0] = str(Path(script).parent)
    importlib.invalidate_caches()
    return str(script)


if __name__ == "__main__":
    # Outside of every function, so that the script ends as the main program of a process does.
    if script := serve(sys.argv[1]):
        runpy.run_path(script, run_name="__main__")
