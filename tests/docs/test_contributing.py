"""CONTRIBUTING.md tells all that there is, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from helpers.repository import ROOT

from snippet_engine.checking.claims import MEASURES
from snippet_engine.checking.masks import BUILT_IN_MASKS, find_masked_spans
from snippet_engine.cli.common import EXIT_STATUSES
from snippet_engine.project.status import STATES
from snippet_engine.snippet import metadata as head
from snippet_engine.snippet.model import GRADES

TEXT = Path(ROOT, "CONTRIBUTING.md").read_text(encoding="utf-8")


def rows(heading: str) -> dict[str, list[str]]:
    """The tables under a heading: the cells of each row, by what stands first in backticks."""
    part = re.split(r"^##+ ", TEXT.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[
        0
    ]
    cells = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| `")]
    return {first.strip("`"): rest for first, *rest in cells}


def test_every_key_of_the_head_is_in_the_reference() -> None:
    """And no other is; guarantees, outcomes and claims have all of theirs."""
    assert set(rows("The file")) == {"requires-python", "dependencies", *head._KEYS}
    told = TEXT.partition("### Guarantees")[2]
    known = [*head._GUARANTEE, *head._OUTCOME, *head._BOUNDS, *MEASURES, *GRADES]
    assert [key for key in known if not re.search(rf"\b{re.escape(key)}\b", told)] == []


def test_every_built_in_mask_has_examples_that_it_masks() -> None:
    """In the table of masks, by its name; the name in a line is what stands there."""
    table = rows("Masks")
    assert set(table) == {name for _, name in BUILT_IN_MASKS}
    for name, (_, examples) in table.items():
        for example in re.findall("`([^`]+)`", examples):
            assert name in {found for *_, found in find_masked_spans(example)}, example


def test_every_state_and_every_exit_status_is_told() -> None:
    """As the help of the commands tells them."""
    for told in (*STATES, *re.findall(r"^[\d, ]+\d|^\d", EXIT_STATUSES, re.MULTILINE)):
        assert f"`{told}`" in TEXT or f"| {told} |" in TEXT
