"""A program that copies a database: found, run so that it can be interrupted, its last words heard.

It gets a session of its own: Ctrl-C at a terminal would otherwise reach it before us, and what was
an interruption would look like its failure.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from alembic_guard.runtime.backup import CannotBackUp

_POLL_FIRST, _POLL_LONGEST = 0.005, 0.2
_PATIENCE = 5.0
"""Seconds that a program which is ended may take for it."""


def found(names: Sequence[str], folders: Sequence[str] = ()) -> Iterator[str]:
    """The paths of programs, those on PATH first.

    :param folders: patterns of folders off PATH that packagers use; the newest version comes first.
    """
    for name in names:
        if (on_path := shutil.which(name)) is not None:
            yield on_path
    off_path = [path for pattern in folders for path in Path("/").glob(pattern.lstrip("/"))]
    for folder in sorted(off_path, key=_numbers, reverse=True):
        for name in names:
            if (there := shutil.which(name, path=str(folder))) is not None:
                yield there


def version_of(program: str) -> str:
    """What a program says to ``--version``; "" when it cannot be run."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, timeout=30, text=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def run(
    command: Sequence[str], variables: Mapping[str, str], pause: Callable[[float], None]
) -> None:
    """Run a program until it ends.

    :param variables: of the environment, added to ours; where a password is, if anywhere.
    :raises CannotBackUp: with its last line, when it failed.
    """
    name = Path(command[0]).name
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                command,
                env={**os.environ, "LC_MESSAGES": "C", **variables},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,
            )
        except OSError as error:
            raise CannotBackUp(f"{command[0]} cannot be run: {error.strerror}") from error
        try:
            _wait(process, pause)
        finally:
            _end(process)
        if process.returncode:
            errors.seek(0)
            said = errors.read().decode("utf-8", "replace").strip().splitlines()
            last = said[-1] if said else f"it ended with status {process.returncode}"
            raise CannotBackUp(f"{name} failed: {last.removeprefix(f'{name}: ')}".rstrip("."))


def _wait(process: subprocess.Popen[bytes], pause: Callable[[float], None]) -> None:
    delay = _POLL_FIRST
    while process.poll() is None:
        pause(delay)
        delay = min(delay * 1.5, _POLL_LONGEST)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
    if process.poll() is None:
        process.kill()
        process.wait()


def _numbers(path: Path) -> list[int]:
    """The numbers of a path: 9 comes before 15."""
    return [int(number) for number in re.findall(r"\d+", str(path))]
