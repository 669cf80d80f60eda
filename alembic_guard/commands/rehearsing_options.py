"""What ``--rehearse`` goes with, and what it does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click


def refuse_combinations(options: Mapping[str, Any]) -> None:
    """Refuse words that contradict each other.

    :param options: of ``safe-upgrade``.
    :raises click.UsageError: for a shadow without a rehearsal, and for two ways to change nothing.
    """
    if options.get("shadow_url") and not options.get("rehearse"):
        raise click.UsageError("--shadow-url is for --rehearse.")
    if options.get("forward_only") is not None and not options.get("rehearse"):
        raise click.UsageError("--forward-only is for --rehearse; it says how far that goes.")
    for other in ("plan", "sql"):
        if options.get("rehearse") and options.get(other):
            raise click.UsageError(f"--rehearse runs what --{other} does not; take one away.")
