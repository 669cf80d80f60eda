"""A URL that names several hosts, of which none could be used: a pair whose standby is not promoted.

libpq and asyncpg take ``host=A:5432&host=B:5432`` in the query, and ``target_session_attrs`` says
which of them will do (PostgreSQL's manual, 34.1.1.3; SQLAlchemy's, "Specifying multiple fallback
hosts"). The URL's own host is empty then.
"""

from __future__ import annotations

import re
import shlex

from sqlalchemy import URL

_EACH = re.compile(r"^- host: .* failed: (.*)$|^connection to server at .* failed: (.*)$", re.M)
"""psycopg's line of a host, after its "All failures were:", and libpq's own."""


def hosts_of(url: URL) -> list[tuple[str, str]]:
    """Host and port of each, where the query names more than one; empty otherwise."""
    named, ports = (_listed(url, name) for name in ("host", "port"))
    if len(named) < 2:
        return []
    spread = ports * len(named) if len(ports) == 1 else [*ports, *[""] * len(named)]
    found = []
    for host, port in zip(named, spread, strict=False):
        name, _, own = host.partition(":")
        found.append((name, own or port or "5432"))
    return found


def none_of_them(url: URL, said: str) -> tuple[str, str, tuple[str, ...]]:
    """The sentence, what each host said, and how to look at each.

    :param said: the driver's words.
    """
    hosts = hosts_of(url)
    wanted = url.query.get("target_session_attrs", "any")
    rule = f" as the URL asks (target_session_attrs={wanted})" if wanted != "any" else ""
    reasons = [" ".join(filter(None, each)) for each in _EACH.findall(said)]
    why = ""
    if len(reasons) == len(hosts):
        pairs = zip(hosts, reasons, strict=True)
        why = "; ".join(f"{host}:{port}: {reason}" for (host, port), reason in pairs) + "."
    sentence = f"None of the hosts {_words(hosts)} can be used{rule}."
    asked = tuple(shlex.join(["pg_isready", "-h", host, "-p", port]) for host, port in hosts)
    return sentence, why, asked


def _listed(url: URL, name: str) -> list[str]:
    value = url.query.get(name, ())
    parts = [value] if isinstance(value, str) else list(value)
    return [each for part in parts for each in part.split(",")]


def _words(hosts: list[tuple[str, str]]) -> str:
    *first, last = [f"{host}:{port}" for host, port in hosts]
    return f"{', '.join(first)} and {last}"
