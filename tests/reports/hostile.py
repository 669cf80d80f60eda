"""Findings with text that nobody means well: what every format has to bear."""

from __future__ import annotations

from hypothesis import strategies as st

from alembic_guard.finding import Finding, Place, Severity

HOSTILE = (
    "a|b `c` <img src=x onerror=alert(1)> [d](https://evil) @octocat #1\r\n"
    "::error::e\n"
    "  ::add-path::/f\n"
    "g ##[set-env name=H]i\x1b[2J 100%25 %0A \u202ej\udc80 {0} \\ ***k***"
)

texts = st.text(max_size=40) | st.sampled_from(["::", "\n::", "##[", "%0A", "`", "|", HOSTILE])
reasons = st.none() | texts
places = st.none() | st.builds(Place, texts, st.none() | st.integers(1, 9))
findings = st.builds(
    Finding,
    st.sampled_from(["several-heads", "empty-revision"]),
    texts,
    why=texts,
    next=st.tuples(texts, texts),
    severity=st.sampled_from(Severity),
    revision=reasons,
    place=places,
    allowed=reasons,
)


def hostile() -> Finding:
    """One of whose texts each is the worst."""
    return Finding(
        "several-heads",
        HOSTILE,
        why=HOSTILE,
        next=(HOSTILE,),
        revision=HOSTILE,
        place=Place(HOSTILE, 3),
    )
