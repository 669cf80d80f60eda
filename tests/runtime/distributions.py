"""Distributions that look installed: a `dist-info` in a folder on the path of a real Python."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def distribution(
    folder: Path,
    name: str,
    version: str,
    requires: Sequence[str] = (),
    record: Sequence[str] = (),
) -> dict[str, str]:
    """Install one; the variables that put its folder on the path."""
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {each}" for each in requires]
    (info / "METADATA").write_text("\n".join(lines) + "\n", "utf-8")
    (info / "RECORD").write_text("".join(f"{each},,\n" for each in record), "utf-8")
    return {"PYTHONPATH": str(folder)}
