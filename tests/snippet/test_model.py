"""Times of a snippet that follow from its head."""

from __future__ import annotations

import pytest
from helpers.programs import OUTCOMES_HEAD, build_snippet

OTHER_HANG = """
    [[tool.snippet.outcomes]]
    name = "livelock"
    grade = "surprising"
    says = "Each gives way to the other."
    hangs = 4
"""
CLAIM = "[tool.snippet.claims]\nseconds = { min = 2, max = 9 }"


@pytest.mark.parametrize(
    ("head", "time_limit", "expected_seconds"),
    [
        ("", None, 0.0),
        ("stops = 3", 3, 3),
        (OUTCOMES_HEAD, 1.5, 0.0),
        (f"{OUTCOMES_HEAD}\n{OTHER_HANG}", 4, 0.0),
        (CLAIM, None, 2),
        (f"stops = 1\n{CLAIM}", 1, 2),
    ],
)
def test_time_limit_and_expected_duration_follow_from_the_head(
    head: str, time_limit: float | None, expected_seconds: float
) -> None:
    snippet = build_snippet("pass\n", head=head)
    assert (snippet.time_limit, snippet.expected_seconds) == (time_limit, expected_seconds)


def test_chapter_is_the_folder_of_the_snippet() -> None:
    assert build_snippet("pass\n").chapter == "tests"
