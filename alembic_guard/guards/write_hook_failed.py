r"""A post-write hook ended badly.

Formatters and pre-commit end with a status other than 0 when they have reformatted the file, so the
migration stays. It is taken back only if it no longer compiles.

Fix: run the hook's command by hand and look at what it says.

Bad::

    # edit: alembic.ini: [post_write_hooks] -> [post_write_hooks]\nhooks = fmt\nfmt.type = exec\nfmt.executable = false
    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email"

Good::

    # edit: alembic.ini: [post_write_hooks] -> [post_write_hooks]\nhooks = fmt\nfmt.type = exec\nfmt.executable = true
    # edit: models.py: name: -> email: Mapped[str | None]\n    name:
    $ alembic guard-revision -m "add email"
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic_guard.finding import Finding, Place, Severity
from alembic_guard.guards._subjects import BrokenByHooks, HookFailure
from alembic_guard.runtime.history import relative

JUDGES = (HookFailure, BrokenByHooks)
SEVERITY = "warning; an error where the file no longer compiles"
NEVER_ALLOWED = True  # a file that does not compile would stop every command


def judge(subject: HookFailure | BrokenByHooks) -> Iterator[Finding]:
    """A warning, and the file stays; an error where it no longer compiles."""
    yield _failed(subject) if isinstance(subject, HookFailure) else _broken(subject)


def _broken(broken: BrokenByHooks) -> Finding:
    path = relative(broken.path)
    return Finding(
        "write-hook-failed",
        f"After the post-write hooks {path} no longer compiles: {broken.error}.",
        why="A file that does not compile would stop every command, so nothing was kept.",
        next=("mend the hooks under [post_write_hooks], then run the command again",),
    )


def _failed(failure: HookFailure) -> Finding:
    path = relative(failure.path)
    ended = failure.message or f"ended with status {failure.status}"
    return Finding(
        "write-hook-failed",
        f"The post-write hook {failure.hook!r} {ended}; {path} stays.",
        why="Formatters and pre-commit end like this when they have reformatted the file.",
        next=(failure.command,) if failure.command else (),
        severity=Severity.WARNING,
        place=Place(path),
    )
