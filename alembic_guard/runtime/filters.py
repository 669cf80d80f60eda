"""Listens to the project's own ``include_name`` and ``include_object``."""

from __future__ import annotations

from typing import Any


def record_filters(options: dict[str, Any], filtered: list[tuple[str, str, str]]) -> None:
    """Let the project's filters decide as before, and note what they turn away."""
    for option, of_name in (("include_name", 0), ("include_object", 1)):
        decide = options.get(option)
        if decide is None:
            continue

        def recording(
            *args: Any, _decide: Any = decide, _option: str = option, _name: int = of_name
        ) -> Any:
            verdict = _decide(*args)
            if not verdict:
                filtered.append((_option, str(args[_name + 1]), str(args[_name])))
            return verdict

        options[option] = recording
