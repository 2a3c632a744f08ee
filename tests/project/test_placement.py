"""Misplaced snippet files and fences."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from helpers.browser import build_site
from helpers.projects import format_fence, make_small_project
from helpers.repository import ROOT

from snippet_engine.project.placement import (
    find_misplaced,
    find_unknown_names,
    locate_unknown_name,
)


def check_placement(root: Path, files: list[str], **pages: list[str]) -> list[str]:
    """Return the faults of a project with these files, and pages that show these snippets."""
    for file in files:
        path = root / "snippets" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (root / "docs").mkdir()
    for page, names in pages.items():
        text = f"# {page}\n\n" + "\n".join(map(format_fence, names))
        (root / f"docs/{page}.md").write_text(text)
    return [str(fault) for fault in (*find_misplaced(root), *find_unknown_names(root))]


def test_this_project_has_no_misplaced_file_and_no_misplaced_fence() -> None:
    assert find_misplaced(ROOT) == []
    assert find_unknown_names(ROOT) == []


def test_files_and_fences_in_their_places_have_no_faults(tmp_path: Path) -> None:
    """Hidden files, backups of editors and caches are ignored."""
    ignored = ["threads/.a.py.123.456", "threads/__pycache__/a.pyc", ".gitkeep"]
    ignored += [f"threads/a.py{suffix}" for suffix in ("~", ".bak", ".orig", ".tmp")]
    files = ["threads/a.py", "locks/b.zsh", *ignored]
    assert check_placement(tmp_path, files, threads=["threads/a"], locks=["locks/b"]) == []


@pytest.mark.parametrize(
    ("files", "pages", "fault"),
    [
        (
            ["threads/a.py"],
            {"threads": []},
            "snippets/threads/a.py:1: it is shown on no page; "
            'put print(show("threads/a")) into a fence of docs/threads.md',
        ),
        (
            ["threads/a.py"],
            {"locks": ["threads/a"], "threads": ["threads/a"]},
            "docs/locks.md:5: threads/a is shown a second time, after docs/threads.md:5; "
            "take one of the two fences away",
        ),
        (
            ["threads/a.py"],
            {"threads": ["threads/a", "threads/a"]},
            "docs/threads.md:10: threads/a is shown a second time, after docs/threads.md:5; "
            "take one of the two fences away",
        ),
        (
            ["threads/a.py"],
            {"locks": ["threads/a"], "threads": []},
            "docs/locks.md:5: threads/a is of another chapter; "
            "move the fence to docs/threads.md, or the file to snippets/locks/",
        ),
        (
            ["threads/abc.py"],
            {"threads": ["threads/abc", "threads/abx"]},
            "docs/threads.md:10: there is no snippet 'threads/abx'; "
            "did you mean 'threads/abc'? or write it with `snippets new threads/abx`",
        ),
        (
            [],
            {"threads": [""]},
            'docs/threads.md:5: this fence names no snippet; write show("chapter/name")',
        ),
        (
            ["a.py"],
            {"threads": []},
            "snippets/a.py:1: it is in no chapter; move it to snippets/<chapter>/ (threads)",
        ),
        (
            ["thread/a.py"],
            {"threads": []},
            "snippets/thread/a.py:1: there is no chapter 'thread'; "
            "move it to one of threads, or write its page",
        ),
        (
            ["threads/more/a.py"],
            {"threads": []},
            "snippets/threads/more/a.py:1: a chapter has no folders; move it to snippets/threads/",
        ),
        (
            ["threads/a.txt"],
            {"threads": []},
            "snippets/threads/a.txt:1: a snippet is a .py or .zsh file; "
            "rename it, or keep it elsewhere",
        ),
        (
            ["threads/a.py", "threads/a.zsh"],
            {"threads": ["threads/a"]},
            "snippets/threads/a.zsh:1: snippets/threads/a.py has the same name; rename one of them",
        ),
    ],
)
def test_each_fault_is_one_line_with_a_remedy(
    files: list[str], pages: dict[str, list[str]], fault: str, tmp_path: Path
) -> None:
    assert check_placement(tmp_path, files, **pages) == [fault]


@pytest.mark.site
def test_strict_build_logs_each_fault_once_and_fails(tmp_path: Path) -> None:
    names = ["one-at-a-time/take-a-look", "queues/import-queue", "locks/between-two-stores"]
    root = make_small_project(tmp_path / "project", names)
    shutil.copy(ROOT / "docs/gallery.md", root / "docs")
    (root / "docs/queues.md").write_text("# Queues\n")
    with (root / "docs/locks.md").open("a") as page:
        page.write(f"\n{format_fence('locks/none')}\n{format_fence('one-at-a-time/take-a-look')}")
    (root / "snippets/lost.py").write_text("pass\n")
    (root / "snippets/none").mkdir()
    (root / "snippets/none/x.py").write_text("pass\n")
    result = build_site(root, tmp_path / "site")
    assert result.returncode != 0
    log = result.stdout + result.stderr
    faults = [
        "docs/locks.md:10: there is no snippet 'locks/none'; ",
        "docs/locks.md:15: one-at-a-time/take-a-look is shown a second time, ",
        "snippets/lost.py:1: it is in no chapter; move it",
        "snippets/none/x.py:1: there is no chapter 'none'; move it",
        "snippets/queues/import-queue.py:1: it is shown on no page; put",
    ]
    assert [log.count(fault) for fault in faults] == [1] * len(faults), log
    assert f"Aborted with {len(faults)} warnings" in log


def test_unknown_name_is_reported_with_each_page_and_line_and_a_similar_name(
    tmp_path: Path,
) -> None:
    (tmp_path / "docs").mkdir()
    for page in ("a", "b"):
        (tmp_path / f"docs/{page}.md").write_text(format_fence("threads/nine"))
    assert locate_unknown_name(tmp_path, "threads/nine", ["threads/none"]) == (
        "docs/a.md:3, docs/b.md:3: there is no snippet 'threads/nine'; "
        "did you mean 'threads/none'? or write it with `snippets new threads/nine`"
    )


def test_fence_without_a_name_is_located(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").write_text(format_fence(""))
    assert locate_unknown_name(tmp_path, "", ["threads/none"]) == (
        'docs/a.md:3: this fence names no snippet; write show("chapter/name")'
    )
