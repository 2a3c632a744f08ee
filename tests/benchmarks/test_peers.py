"""The comparison with other tools: what counts as right on a page, and what is told of it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from peers import bounded
from peers.blocks import Block, Change, blocks_for, shortened, source_blocks
from peers.judging import outputs, right
from peers.telling import Row, section
from peers.tools import EDITED, OURS, Tool, tools

from snippet_engine.snippet.versions import get_feature_version

BLOCKS = source_blocks()
ALIKE = {15, 16}  # two schedulers of the same three tasks: each prints what the other may
TOOLS = {tool.name: tool for tool in tools()}
PEERS = [tool for tool in TOOLS.values() if tool is not OURS]


def recorded(number: int) -> list[str]:
    """What the block printed when it was recorded."""
    recording = BLOCKS[number].find_recording(get_feature_version())
    assert recording
    return [text for _, text in recording.lines]


def judged(number: int, lines: list[str]) -> bool:
    """Whether these lines are right for that block."""
    return right(BLOCKS[number], "\n".join(lines))


def test_all_blocks_are_compared() -> None:
    """In the order of the source material."""
    assert [*BLOCKS] == [*range(1, 18)]


@pytest.mark.parametrize("number", BLOCKS)
def test_what_is_recorded_is_right(number: int) -> None:
    """For its own block, and for no other that prints something else."""
    assert judged(number, recorded(number))
    others = {*BLOCKS} - {number} - (ALIKE if number in ALIKE else set())
    assert [n for n in others if judged(n, recorded(number))] == []


@pytest.mark.parametrize("number", [n for n in BLOCKS if recorded(n)])
def test_missing_output_is_not_right(number: int) -> None:
    """Whatever may vary, something must stand there."""
    assert not judged(number, [])


def test_order_counts_where_it_is_promised() -> None:
    """Nine threads print in any order, two generators take turns."""
    assert judged(5, recorded(5)[::-1])
    assert not judged(14, recorded(14)[::-1])


@pytest.mark.parametrize("number", [7, 10, 11, 15])
def test_how_a_tool_stops_a_block_is_the_tools(number: int) -> None:
    """An interrupt is not held against it; another error, or another block's lines, are."""
    title = "KeyboardInterrupt                         Traceback (most recent call last)"
    stop = ["-" * 75, title, "---> 26 for x in pool: x.join()", "", "KeyboardInterrupt: "]
    assert judged(number, [*recorded(number), *stop])
    assert not judged(number, [*recorded(number), *stop[:-1], "RuntimeError: no"])
    assert not judged(number, [*recorded(number), "q = 3", *stop])
    assert not judged(number, stop)


@pytest.mark.parametrize("number", [3, 5, 6, 14])
def test_a_line_more_or_less_is_not_right(number: int) -> None:
    """Lines that got lost, or that another block printed."""
    assert not judged(number, recorded(number)[1:])
    assert not judged(number, [*recorded(number), "task name = 'ccc'"])


@pytest.mark.parametrize("number", [7, 10, 11])
def test_an_endless_block_may_be_stopped_sooner(number: int) -> None:
    """When it is stopped is chance."""
    assert judged(number, recorded(number)[:-2])


def test_random_values_are_those_of_the_seed() -> None:
    """The producer's random numbers begin with a seed: others are wrong."""
    assert not judged(11, [line.replace(".", ".0") for line in recorded(11)])


def test_times_vary_and_streams_need_not_be_told_apart() -> None:
    """zsh says its times on standard error; a page may show these after all else."""
    lines = [line.replace("1.0", "2.5") for line in recorded(2)]
    numbers, times = lines[::2], lines[1::2]
    assert lines != recorded(2)
    assert judged(2, [*numbers, *times])
    assert judged(2, [*times, *numbers])
    assert not judged(2, [*numbers[::-1], *times])
    assert not judged(2, [*numbers, *times[1:]])


def test_of_an_error_the_last_line_counts() -> None:
    """How frames of a traceback are set out is the tool's."""
    error = "TypeError: cannot pickle 'sqlite3.Connection' object"
    title = "TypeError                                 Traceback (most recent call last)"
    shown = ["-" * 75, title, "Cell In[5], line 20", "---> 20  f'{dumps(conn) = }',", "", error]
    assert judged(12, shown)
    assert judged(12, [error])
    assert not judged(12, [*shown[:-1], "NameError: name 'dumps' is not defined"])
    assert not judged(12, ["dumps(123) = 1", *shown])


def test_empty_lines_around_are_no_output() -> None:
    """But those between lines are."""
    assert judged(9, ["", *recorded(9), "", ""])
    assert not judged(9, [line for line in recorded(9) if line])


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


def test_output_is_found_at_its_block(tmp_path: Path) -> None:
    """A block that stands there without output has an empty one; others are not there."""
    (tmp_path / "index.html").write_text(PAGE)
    assert outputs(tmp_path, "pre.out") == {1: "1 < 2\n  x", 2: "", 11: "eleven"}


def test_a_page_may_be_called_as_its_block(tmp_path: Path) -> None:
    """Where a tool has put another heading on it."""
    page = tmp_path / "auto" / "plot_block_07.html"
    page.parent.mkdir()
    page.write_text('<h1>SyntaxError</h1><pre class="out">seven</pre>')
    assert outputs(tmp_path, "pre.out") == {7: "seven"}


def test_empty_lines_that_are_elements_are_kept(tmp_path: Path) -> None:
    """A box with nothing in it is not seen, a line with nothing in it is."""
    (tmp_path / "index.html").write_text("<h2>Block 9</h2><i>a</i><i></i><i>b</i>")
    assert outputs(tmp_path, "i") == {9: "a\n\nb"}


def texts(tool: Tool, blocks: list[Block], prose: str = "") -> dict[str, str]:
    """The files of the tool's project; of notebooks, the source of their cells."""
    found = dict(tool.files(blocks, prose))
    for name in [name for name in found if name.endswith(".ipynb")]:
        cells = json.loads(found[name])["cells"]
        found[name] = "\n".join(f"{cell['source']}\n" for cell in cells)
    return found


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_every_tool_gets_every_block(tool: Tool) -> None:
    """As it stands, or as its changes say: a change names a block, changes it and says why."""
    blocks = blocks_for(BLOCKS, tool.changes)
    whole = "\n".join(texts(tool, blocks).values())
    for block in blocks:
        assert block.code in whole
        assert f"{block.title}\n" in whole
        assert block.changed == (block.code != block.snippet.code)
    assert all(change.why.endswith(".") for change in tool.changes)
    assert len({change.number for change in tool.changes}) == len(tool.changes)


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_prose_is_edited_in_one_file(tool: Tool) -> None:
    """Beside the block that is edited after it."""
    blocks = blocks_for(BLOCKS, tool.changes)
    before, after = texts(tool, blocks), texts(tool, blocks, "One more sentence.")
    [changed] = [name for name in before if before[name] != after[name]]
    assert BLOCKS[EDITED].title in after[changed]


@pytest.mark.parametrize("tool", PEERS, ids=[tool.name for tool in PEERS])
def test_versions_are_those_of_the_lock(tool: Tool) -> None:
    """Each package by its name and a number."""
    said = tool.versions().split(", ")
    assert [one.split()[0] for one in said] == [*tool.packages]
    assert all(one.split()[1][0].isdigit() for one in said)


def test_our_project_gets_the_blocks_as_they_are() -> None:
    """What needs a change is what the comparison is about."""
    assert OURS.changes == ()


def test_what_is_the_same_is_not_written_again(tmp_path: Path) -> None:
    """So that a tool sees one file edited where one was."""
    tool = TOOLS["markdown-exec"]
    blocks = blocks_for(BLOCKS)
    tool.write(tmp_path, blocks)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")}
    tool.write(tmp_path, blocks, "One more sentence.")
    changed = [path.name for path, time in times.items() if path.stat().st_mtime_ns != time]
    assert changed == ["index.md"]


def test_a_change_must_change_a_block() -> None:
    """One that has become needless is found out."""
    with pytest.raises(ValueError, match="no block 18"):
        blocks_for(BLOCKS, [Change(18, "Because.", shortened)])
    with pytest.raises(ValueError, match="block 1 stays as it is"):
        blocks_for(BLOCKS, [Change(1, "Because.", shortened)])


def test_a_build_is_ended_with_all_it_started(tmp_path: Path) -> None:
    """Also what has detached itself from it."""
    child = tmp_path / "child"
    program = (
        "import subprocess, time\n"
        "sleeper = subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
        f"open({str(child)!r}, 'w').write(str(sleeper.pid))\n"
        "time.sleep(60)\n"
    )
    # Without `site` it starts at once, however many start beside it.
    command = [sys.executable, bounded.__file__, "3", sys.executable, "-ISc", program]
    began = time.monotonic()
    assert subprocess.run(command, timeout=30).returncode == bounded.TIME_IS_UP
    assert time.monotonic() - began < 20
    assert not psutil.pid_exists(int(child.read_text()))


def test_a_build_ends_as_its_command_does() -> None:
    """Its status is passed on."""
    command = [sys.executable, bounded.__file__, "20", sys.executable, "-c", "raise SystemExit(3)"]
    assert subprocess.run(command, timeout=30).returncode == 3


def test_the_section_tells_what_was_measured() -> None:
    """Seconds, ratios to the best in each column, counts, and what was changed."""
    rows = [
        Row("Ours", "", 5, 1, 2, 3, (1, 2, 3), (), (), ()),
        Row("A", "a 1.0", 20, 4, 3, 30, (1,), (3,), (2,), ((3, "Cut short."), (2, "No zsh."))),
        Row("B", "b 2.0", 10, 5, 8, 12, (1, 2), (), (3,), ((3, "Cut short."),), "Cache first."),
    ]
    told = section(rows)
    assert "The 3 blocks" in told
    # Each table is in a part of its own, as the pages of this site have them.
    assert told.count("<div markdown>\n\n| ") == told.count("|\n\n</div>") == 3
    assert "| A | 20.0 | 4.0 | 3.0 | 30.0 |" in told
    assert "0.50, 0.25, 0.67 and 0.25\ntimes as long" in told
    assert "| Ours | as it stands | 3 | 0 | 0 |" in told
    assert "| A | `a 1.0` | 1 | 1: 3 | 1: 2 |" in told
    assert "| 3 | Cut short. | A; B |\n| 2 | No zsh. | A |\n| none | Cache first. | B |" in told
    unchanged = replace(rows[1], why=())
    assert "had to be changed" not in section([rows[0], unchanged])
