"""Carries a run out, up or down, and puts what stops it into an error: how far it came, what stays.

What is reported of one that was not stopped is up to the commands.
"""

from __future__ import annotations

from collections.abc import Callable

from alembic_guard.apply.whole_run import WholeRun
from alembic_guard.commands.defects import defect
from alembic_guard.commands.lint_notes import without_notes
from alembic_guard.commands.preflight import Preflight
from alembic_guard.commands.refusing import EVENTS, error_for, part_way
from alembic_guard.errors import GuardError, Refused, StoppedPartWay
from alembic_guard.runtime.failure import NoMigrationsRun
from alembic_guard.runtime.signals import INTERRUPTED, ending_with
from alembic_guard.runtime.stopped import Stopped


def carry_out(run: WholeRun, preflight: Preflight, then: Callable[[], None] = lambda: None) -> None:
    """Run it, up or down; what stops it says what stays.

    :param then: what is done at the end, once the target was reached.
    """
    ending_with(lambda: StoppedPartWay.exit_status if run.changed else INTERRUPTED)
    try:
        run.run()
        if not run.calls:
            raise NoMigrationsRun(run.script.env_py_location, run.config)
        then()
    except Refused as refused:
        raise part_way(refused, run.with_what_stays(Stopped())) from refused.__cause__
    except Stopped as stopped:
        raise _with_findings(error_for(stopped, run.applied), preflight) from stopped
    except EVENTS as event:
        # whatever it was: a database that was upgraded before it stays so
        error = part_way(error_for(event), run.with_what_stays(Stopped()))
        raise _with_findings(error, preflight) from event
    except Exception as error:
        if not run.changed:
            raise
        # what is in a database for good counts more than what is wrong with us
        raise part_way(Refused([defect(error)]), run.with_what_stays(Stopped())) from error


def _with_findings(error: GuardError, preflight: Preflight) -> GuardError:
    return type(error)([*error.findings, *without_notes(preflight.findings)[0]], error.data)
