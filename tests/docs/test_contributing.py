"""CONTRIBUTING.md documents all keys, masks, states and exit statuses, and no others."""

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


def read_rows(heading: str) -> dict[str, list[str]]:
    """Return the cells of the tables under a heading by the code in the first cell."""
    part = re.split(r"^##+ ", TEXT.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[
        0
    ]
    cells = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| `")]
    return {first.strip("`"): rest for first, *rest in cells}


def test_all_metadata_keys_are_documented() -> None:
    assert set(read_rows("The file")) == {"requires-python", "dependencies", *head._SNIPPET_KEYS}
    text = TEXT.partition("### Guarantees")[2]
    known = [*head._GUARANTEE_KEYS, *head._OUTCOME_KEYS, *head._BOUND_KEYS, *MEASURES, *GRADES]
    assert [key for key in known if not re.search(rf"\b{re.escape(key)}\b", text)] == []


def test_built_in_masks_are_documented_with_examples_that_they_match() -> None:
    table = read_rows("Masks")
    assert set(table) == {name for _, name in BUILT_IN_MASKS}
    for name, (_, examples) in table.items():
        for example in re.findall("`([^`]+)`", examples):
            assert name in {found for *_, found in find_masked_spans(example)}, example


def test_all_states_and_exit_statuses_are_documented() -> None:
    for term in (*STATES, *re.findall(r"^[\d, ]+\d|^\d", EXIT_STATUSES, re.MULTILINE)):
        assert f"`{term}`" in TEXT or f"| {term} |" in TEXT
