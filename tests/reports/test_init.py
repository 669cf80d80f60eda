"""A report passes every text of its own through the mask."""

from __future__ import annotations

from alembic_guard.finding import Finding, Place
from alembic_guard.masking import Mask
from alembic_guard.reports import Report

URL = "postgresql://me:hunter2@db/app"
MASKED = "postgresql://me:***@db/app"


def test_no_text_of_a_report_escapes_the_mask() -> None:
    def report(url: str) -> Report:
        finding = Finding(
            "env-error", url, why=url, next=(url,), place=Place(url, 1), revision=url, allowed=url
        )
        data = {"a": url, "b": [url, (url,)], "c": {"d": url}, "e": 1, url: None}
        return Report("x", 0, [finding], data, [url])

    masked = report(URL).masked(Mask())
    expected = report(MASKED)
    assert masked.findings == expected.findings
    assert masked.lines == expected.lines
    assert masked.data == {**expected.data, "b": [MASKED, [MASKED]]}
