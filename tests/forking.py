"""`alembic` commands as processes that are forked from one which has loaded Alembic already.

Loading Alembic and SQLAlchemy takes most of the time of most commands, and the tests run thousands
of them. A process that is forked is one of its own in every other way: directory, environment,
streams, modules of ours and of the project, exit status.

Where it would not be, a command is started from nothing: with other :data:`PROCESS_VARIABLES`,
where there is no fork, and where ``ALEMBIC_GUARD_TEST_FORK`` is false, as in ``nox -s matrix``.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path

SWITCH = "ALEMBIC_GUARD_TEST_FORK"

PROCESS_VARIABLES = ("PYTHON", "LC_", "LANG", "TZ", "LD_")
"""Beginnings of names of variables that are read once, when a process starts."""


def forkable(program: str, env: Mapping[str, str], usual: Mapping[str, str]) -> bool:
    """Whether it is a script of Python, and a process with `usual` may become one with `env`."""
    return (
        hasattr(os, "fork")
        and program != sys.executable
        and os.environ.get(SWITCH, "").lower() != "false"
        and of_processes(env) == of_processes(usual)
    )


def of_processes(env: Mapping[str, str]) -> dict[str, str]:
    """What of an environment is read when a process starts."""
    return {name: value for name, value in env.items() if name.startswith(PROCESS_VARIABLES)}


def run(
    words: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    usual: Mapping[str, str],
    timeout: float,
    input: str,
) -> tuple[int, str, str]:
    """What `subprocess.run()` would do: exit status, stdout and stderr.

    :param words: a console script, which loads Alembic, and its words.
    :param usual: the environment that all processes of a test run have; one does not change it.
    :param timeout: in seconds; the process is killed after them.
    :raises subprocess.TimeoutExpired: then.
    """
    with ExitStack() as opened:
        streams = [opened.enter_context(tempfile.TemporaryFile()) for _ in range(3)]
        streams[0].write(input.encode())
        streams[0].seek(0)
        connection = opened.enter_context(socket.socket(socket.AF_UNIX))
        connection.settimeout(timeout)
        connection.connect(server(tuple(usual.items())))
        request = json.dumps({"words": [*words], "cwd": str(cwd), "env": dict(env)}).encode()
        size = len(request).to_bytes(4, "big")
        socket.send_fds(connection, [size], [each.fileno() for each in streams])
        connection.sendall(request)
        answers = opened.enter_context(connection.makefile())
        pid = int(answers.readline())
        try:
            status = int(answers.readline())
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            raise subprocess.TimeoutExpired([*words], timeout) from None
        for each in streams:
            each.seek(0)
        return status, lines(streams[1].read()), lines(streams[2].read())


def lines(written: bytes) -> str:
    """What was written, as `subprocess` reads it with an encoding."""
    return written.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


@cache
def server(usual: tuple[tuple[str, str], ...]) -> str:
    """Where the process listens that forks; it runs until this one ends."""
    folder = tempfile.mkdtemp(prefix="guard-fork-")
    address = str(Path(folder, "socket"))
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("fork_server.py")), address],
        cwd=folder,
        env=dict(usual),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    atexit.register(shutil.rmtree, folder)
    atexit.register(process.communicate)
    assert process.stdout is not None
    if not process.stdout.read(1):
        raise RuntimeError(f"{process.args} ended with {process.wait()}")
    return address
