"""Masks for the parts of output that vary."""

from __future__ import annotations

import pytest

from snippet_engine.checking.masks import (
    apply_masks,
    find_library_lines,
    find_masked_spans,
    normalize_lines,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("it took 1.0234s", "it took <duration>"),
        ("took 12.5 ms, 3.0e-5 seconds", "took <duration>, <duration>"),
        ("python x  0.02s user 0.01s system 2% cpu 1.030 total", "python x  <time>"),
        ("zsh x  0.02s user 0.01s system 2% cpu 1:01.03 total", "zsh x  <time>"),
        ("<object at 0x7f12ab34cd56>", "<object at <address>>"),
        ("<Thread(T, started 140213)>", "<Thread(T, started <thread id>)>"),
        ("<Thread(T, started daemon 140213)>", "<Thread(T, started <thread id>)>"),
        ("pid 123, pid=45, PID: 6", "pid <process id>, pid=<process id>, PID: <process id>"),
        ('  File "/usr/lib/x.py", line 12, in f', '  File "<path>, in f'),
        ("wrote /tmp/a/b.txt", "wrote <path>"),
        (r'  File "C:\Program Files\x.py", line 12, in f', '  File "<path>, in f'),
        (r"wrote C:\Users\a-b\c.txt", "wrote <path>"),
        (r"a:\d+ is no path", r"a:\d+ is no path"),
        ("version 3.12, 1/2, and/or, 0x10", "version 3.12, 1/2, and/or, 0x10"),
        ('  File "x.py", line 12, in f', '  File "x.py", line 12, in f'),
        ("trailing  ", "trailing"),
    ],
)
def test_built_in_masks_replace_durations_addresses_ids_and_paths_only(
    text: str, expected: str
) -> None:
    assert apply_masks(text) == expected


def test_mask_of_the_head_is_applied() -> None:
    assert apply_masks("n = 12", [(r"\d+", "count")]) == "n = <count>"


@pytest.mark.parametrize(
    ("text", "mask", "expected"),
    [
        ("took 0.5 s", (r"\d\.\d s", "pause"), "took <pause>"),  # the same part
        ("took 0.5 s", (r"\d\.\d", "number"), "took <number> s"),  # a part of it
        ("took 0.5 s", (r"took \S+ s", "report"), "<report>"),  # more than it
        ("took 0.5 s, at 0x7f12ab34cd56", (r"0x\w+", "id"), "took <duration>, at <id>"),
    ],
)
def test_masks_of_the_head_take_precedence_over_built_in_masks(
    text: str, mask: tuple[str, str], expected: str
) -> None:
    assert apply_masks(text, [mask]) == expected


def test_first_of_two_masks_that_overlap_applies() -> None:
    masks = [(r"\d+", "number"), (r"n = \d+", "assignment")]
    assert apply_masks("n = 12", masks) == "n = <number>"
    assert apply_masks("n = 12", masks[::-1]) == "<assignment>"


def test_masked_spans_are_sorted_by_position() -> None:
    spans = find_masked_spans("1.0 s x", [("x", "letter")])
    assert spans == [(0, 5, "duration"), (6, 7, "letter")]


def test_lines_of_a_library_frame_are_one_line_after_normalization() -> None:
    lines = ['  File "/python/queue.py", line 9, in get', "    self.wait()", "Empty: 1.0 s"]
    assert find_library_lines(lines) == [True, True, False]
    assert normalize_lines(lines) == ["<standard library>", "Empty: <duration>"]
