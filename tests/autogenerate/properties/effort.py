"""How many schemas are tried: few and always the same ones, unless more are asked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, settings

VARIABLE = "ALEMBIC_GUARD_TEST_EXAMPLES"
"""How many examples a property is tried on, others each time."""


def effort(examples: int) -> Callable[[Any], Any]:
    """Hypothesis's settings for a property that needs a server."""
    asked = os.environ.get(VARIABLE)
    return settings(
        max_examples=int(asked) if asked else examples,
        derandomize=not asked,
        database=None,
        phases=[Phase.generate],  # to shrink one takes minutes
        deadline=None,  # seconds depend on the server
        suppress_health_check=list(HealthCheck),
    )
