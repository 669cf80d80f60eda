"""stdout belongs to the report, whoever else writes to it, and comes back as it was."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

import pytest

from alembic_guard.runtime.streams import reserved_stdout


def run(program: str, **options: object) -> subprocess.CompletedProcess[str]:
    """A program of its own, as descriptors belong to a process."""
    return subprocess.run(
        [sys.executable, "-c", dedent(program)],
        capture_output=True,
        encoding="utf-8",
        **options,  # type: ignore[call-overload]
    )


def test_everybody_else_gets_stderr_meanwhile() -> None:
    done = run("""
        import os, subprocess, sys
        from alembic_guard.runtime.streams import reserved_stdout

        print("before")
        with reserved_stdout() as out:
            out.write("report\\n")
            print("print")
            sys.stdout.flush()
            os.write(1, b"descriptor\\n")
            subprocess.run([sys.executable, "-c", "print('child')"])
        print("after")
    """)
    assert (done.returncode, done.stdout) == (0, "before\nreport\nafter\n")
    assert done.stderr == "print\ndescriptor\nchild\n"


def test_stdout_comes_back_after_an_error() -> None:
    done = run("""
        from alembic_guard.runtime.streams import reserved_stdout

        try:
            with reserved_stdout() as out:
                print("unflushed")
                raise RuntimeError
        except RuntimeError:
            print("after")
    """)
    assert (done.stdout, done.stderr) == ("after\n", "unflushed\n")


def test_blocks_nest_and_leave_no_descriptor_open() -> None:
    done = run("""
        import os
        from alembic_guard.runtime.streams import reserved_stdout

        def opened():
            return len(os.listdir("/proc/self/fd"))

        before = opened()
        for _ in range(3):
            with reserved_stdout() as outer, reserved_stdout() as inner:
                inner.write("inner\\n")
        print(opened() - before)
    """)
    assert done.stdout == "0\n"
    assert done.stderr == "inner\n" * 3


def test_a_reader_that_is_gone_is_no_error() -> None:
    done = run("""
        import os, sys
        from alembic_guard.runtime.streams import reserved_stdout

        read, write = os.pipe()
        os.dup2(write, 1)
        os.close(read)
        with reserved_stdout() as out:
            out.write("to nobody")
        print("done", file=sys.stderr)
    """)
    assert (done.returncode, done.stderr) == (0, "done\n")


def test_without_a_stdout_there_is_somewhere_to_write() -> None:
    done = run("""
        import sys
        from alembic_guard.runtime.streams import reserved_stdout

        sys.stdout = None
        with reserved_stdout() as out:
            out.write("report")
    """)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_captured_stdout_gets_the_report_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with reserved_stdout() as out:
        out.write("report")
        print("noise")
    assert capsys.readouterr() == ("report", "noise\n")


def test_a_stdout_captured_by_descriptor_gets_the_report_alone(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with reserved_stdout() as out:
        out.write("report")
        print("noise")
    assert capfd.readouterr() == ("report", "noise\n")
