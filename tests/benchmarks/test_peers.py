"""The comparison with other tools: the correctness of output, and the section."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from peers import time_limit
from peers.blocks import Block, Change, apply_changes, limit_loops, read_source_blocks
from peers.correctness import is_correct, read_outputs
from peers.section import Row, render_section
from peers.tools import EDITED, THIS_PROJECT, Tool, list_tools

from snippet_engine.snippet.versions import get_feature_version

BLOCKS = read_source_blocks()
SIMILAR = {15, 16}  # two schedulers of the same three tasks, with the same possible output
TOOLS = {tool.name: tool for tool in list_tools()}
PEERS = [tool for tool in TOOLS.values() if tool is not THIS_PROJECT]


def recorded_lines(number: int) -> list[str]:
    """Return the recorded output of a block."""
    recording = BLOCKS[number].find_recording(get_feature_version())
    assert recording
    return [text for _, text in recording.lines]


def is_valid(number: int, lines: list[str]) -> bool:
    """Return True if `lines` are a valid output of a block."""
    return is_correct(BLOCKS[number], "\n".join(lines))


def test_all_blocks_are_compared() -> None:
    assert [*BLOCKS] == [*range(1, 18)]


@pytest.mark.parametrize("number", BLOCKS)
def test_recorded_output_is_valid_only_for_its_block(number: int) -> None:
    assert is_valid(number, recorded_lines(number))
    others = {*BLOCKS} - {number} - (SIMILAR if number in SIMILAR else set())
    assert [n for n in others if is_valid(n, recorded_lines(number))] == []


@pytest.mark.parametrize("number", [n for n in BLOCKS if recorded_lines(n)])
def test_missing_output_is_invalid(number: int) -> None:
    assert not is_valid(number, [])


def test_order_must_be_correct_only_if_it_is_declared() -> None:
    """Nine threads print in any order; two generators take turns."""
    assert is_valid(5, recorded_lines(5)[::-1])
    assert not is_valid(14, recorded_lines(14)[::-1])


@pytest.mark.parametrize("number", [7, 10, 11, 15])
def test_interrupt_of_an_endless_block_is_valid(number: int) -> None:
    """Another error, or lines of another block, are not."""
    title = "KeyboardInterrupt                         Traceback (most recent call last)"
    stop = ["-" * 75, title, "---> 26 for x in pool: x.join()", "", "KeyboardInterrupt: "]
    assert is_valid(number, [*recorded_lines(number), *stop])
    assert not is_valid(number, [*recorded_lines(number), *stop[:-1], "RuntimeError: no"])
    assert not is_valid(number, [*recorded_lines(number), "q = 3", *stop])
    assert not is_valid(number, stop)


@pytest.mark.parametrize("number", [3, 5, 6, 14])
def test_missing_or_additional_line_is_invalid(number: int) -> None:
    assert not is_valid(number, recorded_lines(number)[1:])
    assert not is_valid(number, [*recorded_lines(number), "task name = 'ccc'"])


@pytest.mark.parametrize("number", [7, 10, 11])
def test_endless_block_may_be_stopped_earlier(number: int) -> None:
    assert is_valid(number, recorded_lines(number)[:-2])


def test_random_values_must_be_those_of_the_seed() -> None:
    assert not is_valid(11, [line.replace(".", ".0") for line in recorded_lines(11)])


def test_times_may_vary_and_streams_may_be_separate() -> None:
    """zsh prints times on standard error, which a page may show last."""
    lines = [line.replace("1.0", "2.5") for line in recorded_lines(2)]
    numbers, times = lines[::2], lines[1::2]
    assert lines != recorded_lines(2)
    assert is_valid(2, [*numbers, *times])
    assert is_valid(2, [*times, *numbers])
    assert not is_valid(2, [*numbers[::-1], *times])
    assert not is_valid(2, [*numbers, *times[1:]])


def test_only_the_last_line_of_a_traceback_counts() -> None:
    error = "TypeError: cannot pickle 'sqlite3.Connection' object"
    title = "TypeError                                 Traceback (most recent call last)"
    shown = ["-" * 75, title, "Cell In[5], line 20", "---> 20  f'{dumps(conn) = }',", "", error]
    assert is_valid(12, shown)
    assert is_valid(12, [error])
    assert not is_valid(12, [*shown[:-1], "NameError: name 'dumps' is not defined"])
    assert not is_valid(12, ["dumps(123) = 1", *shown])


def test_empty_lines_count_only_between_lines() -> None:
    assert is_valid(9, ["", *recorded_lines(9), "", ""])
    assert not is_valid(9, [line for line in recorded_lines(9) if line])


PAGE = """
<head><title>Block 9</title></head>
<nav><h2>Block 3</h2><pre class="out">menu</pre></nav>
<pre class="out">before</pre>
<h1>Blocks</h1>
<h2>Block 1<a>#</a></h2> <pre>print(1)</pre> <pre class="out">1 &lt; 2
</pre><pre class="out">
</pre><pre class="out"><span>  x</span></pre>
<h2>Block 2</h2> <p>Block 4</p>
<h2>Block 11</h2> <h3>More</h3> <pre class="out">eleven</pre>
"""


def test_output_belongs_to_the_heading_before_it(tmp_path: Path) -> None:
    """A block without output has an empty one."""
    (tmp_path / "index.html").write_text(PAGE)
    assert read_outputs(tmp_path, "pre.out") == {1: "1 < 2\n  x", 2: "", 11: "eleven"}


def test_output_belongs_to_the_block_in_the_page_name(tmp_path: Path) -> None:
    """If the tool changed the heading."""
    page = tmp_path / "auto" / "plot_block_07.html"
    page.parent.mkdir()
    page.write_text('<h1>SyntaxError</h1><pre class="out">seven</pre>')
    assert read_outputs(tmp_path, "pre.out") == {7: "seven"}


def test_empty_elements_are_lines_except_boxes(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<h2>Block 9</h2><i>a</i><i></i><i>b</i>")
    assert read_outputs(tmp_path, "i") == {9: "a\n\nb"}


def read_texts(tool: Tool, blocks: list[Block], prose: str = "") -> dict[str, str]:
    """Return the files of the tool's project; for notebooks, the source of their cells."""
    texts = dict(tool.files(blocks, prose))
    for name in [name for name in texts if name.endswith(".ipynb")]:
        cells = json.loads(texts[name])["cells"]
        texts[name] = "\n".join(f"{cell['source']}\n" for cell in cells)
    return texts


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_project_of_each_tool_has_all_blocks_with_its_changes(tool: Tool) -> None:
    blocks = apply_changes(BLOCKS, tool.changes)
    whole = "\n".join(read_texts(tool, blocks).values())
    for block in blocks:
        assert block.code in whole
        assert f"{block.title}\n" in whole
        assert block.changed == (block.code != block.snippet.code)
    assert all(change.reason.endswith(".") for change in tool.changes)
    assert len({change.number for change in tool.changes}) == len(tool.changes)


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_prose_is_edited_in_the_file_of_the_edited_block(tool: Tool) -> None:
    blocks = apply_changes(BLOCKS, tool.changes)
    before, after = read_texts(tool, blocks), read_texts(tool, blocks, "One more sentence.")
    [changed] = [name for name in before if before[name] != after[name]]
    assert BLOCKS[EDITED].title in after[changed]


@pytest.mark.parametrize("tool", PEERS, ids=[tool.name for tool in PEERS])
def test_versions_are_those_of_the_lock(tool: Tool) -> None:
    versions = [version.split() for version in tool.versions().split(", ")]
    assert [package for package, _ in versions] == [*tool.packages]
    assert all(number[0].isdigit() for _, number in versions)


def test_this_project_needs_no_changes() -> None:
    assert THIS_PROJECT.changes == ()


def test_unchanged_files_are_not_written_again(tmp_path: Path) -> None:
    tool = TOOLS["markdown-exec"]
    blocks = apply_changes(BLOCKS)
    tool.write(tmp_path, blocks)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")}
    tool.write(tmp_path, blocks, "One more sentence.")
    changed = [path.name for path, time in times.items() if path.stat().st_mtime_ns != time]
    assert changed == ["index.md"]


def test_change_without_effect_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown block 18"):
        apply_changes(BLOCKS, [Change(18, "Because.", limit_loops)])
    with pytest.raises(ValueError, match="block 1 is not changed"):
        apply_changes(BLOCKS, [Change(1, "Because.", limit_loops)])


def test_timeout_kills_detached_descendants(tmp_path: Path) -> None:
    child = tmp_path / "child"
    program = (
        "import subprocess, time\n"
        "sleeper = subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
        f"open({str(child)!r}, 'w').write(str(sleeper.pid))\n"
        "time.sleep(60)\n"
    )
    # -S and -I make the start fast on a loaded machine.
    command = [sys.executable, time_limit.__file__, "3", sys.executable, "-ISc", program]
    start = time.monotonic()
    assert subprocess.run(command, timeout=30).returncode == time_limit.EXIT_TIMEOUT
    assert time.monotonic() - start < 20
    assert not psutil.pid_exists(int(child.read_text()))


def test_exit_status_of_the_command_is_returned() -> None:
    command = [
        sys.executable,
        time_limit.__file__,
        "20",
        sys.executable,
        "-c",
        "raise SystemExit(3)",
    ]
    assert subprocess.run(command, timeout=30).returncode == 3


def test_section_has_times_ratios_counts_and_changes() -> None:
    rows = [
        Row("Ours", "", 5, 1, 2, 3, (1, 2, 3), (), (), ()),
        Row("A", "a 1.0", 20, 4, 3, 30, (1,), (3,), (2,), ((3, "Cut short."), (2, "No zsh."))),
        Row("B", "b 2.0", 10, 5, 8, 12, (1, 2), (), (3,), ((3, "Cut short."),), "Cache first."),
    ]
    text = render_section(rows)
    assert "The 3 blocks" in text
    # Each table is in its own `div`, as on the pages of this site.
    assert text.count("<div markdown>\n\n| ") == text.count("|\n\n</div>") == 3
    assert "| A | 20.0 | 4.0 | 3.0 | 30.0 |" in text
    assert "0.50, 0.25, 0.67 and 0.25\ntimes as long" in text
    assert "| Ours | as it stands | 3 | 0 | 0 |" in text
    assert "| A | `a 1.0` | 1 | 1: 3 | 1: 2 |" in text
    assert "| 3 | Cut short. | A; B |\n| 2 | No zsh. | A |\n| none | Cache first. | B |" in text
    unchanged = replace(rows[1], reasons=())
    assert "had to be changed" not in render_section([rows[0], unchanged])
