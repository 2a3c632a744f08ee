"""Which names the programs use, told from their code, and the page that says so."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from helpers.handmade import Page
from helpers.programs import snippet_of, text_of
from markdown import Markdown

from snippet_engine.errors import SnippetError
from snippet_engine.pages import api
from snippet_engine.project.project import Library
from snippet_engine.rendering.gallery_card import GalleryCard, build_card
from snippet_engine.rendering.stdlib_coverage import coverage_of
from snippet_engine.run import Run
from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.stdlib_api import MODULES, find_methods, public_names
from snippet_engine.snippet.stdlib_usage import AnalysisError, StdlibUsage, find_usage

HOSTILE = "</a><script>alert(1)</script> & *x* `y` __z__ {: #id } [a](b) &lt;"


def names(code: str) -> list[str]:
    """The public names that a program uses."""
    return list(find_usage(snippet_of(code)).names)


def methods(code: str) -> list[str]:
    """The methods of which it is certain whose they are."""
    return list(find_usage(snippet_of(code)).methods)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import threading\nthreading.Lock()", ["threading.Lock"]),
        ("import threading as t\nt.Lock()", ["threading.Lock"]),
        ("from threading import Lock\nLock()", ["threading.Lock"]),
        ("from threading import Lock as L\nL()", ["threading.Lock"]),
        ("import concurrent.futures\nconcurrent.futures.wait", ["concurrent.futures.wait"]),
        ("import concurrent.futures as cf\ncf.wait", ["concurrent.futures.wait"]),
        ("from concurrent import futures\nfutures.wait", ["concurrent.futures.wait"]),
        ("from asyncio import sleep as nap\nfrom time import sleep\nnap(1)", ["asyncio.sleep"]),
        (
            "import threading\n\nclass Mine(threading.Thread):\n    def f(self, q: 'x'): ...",
            ["threading.Thread"],
        ),
        ("def f():\n    from queue import Queue, Empty\n    Queue()", ["queue.Queue"]),
        ("import subprocess\nsubprocess.run([], stdout=subprocess.PIPE)", ["PIPE", "run"]),
    ],
)
def test_a_name_is_known_whatever_it_is_called(code: str, found: list[str]) -> None:
    """Through imports of modules and of names, aliases and attributes."""
    assert [name.removeprefix("subprocess.") for name in names(code)] == found


@pytest.mark.parametrize(
    "code",
    [
        "from queue import Queue",  # an import alone
        "from threading import Lock\nLock = object()\nLock",
        "from threading import Lock\n\ndef f(Lock):\n    Lock()",
        "from threading import Lock\nfrom multiprocessing import Lock\nLock()",
        "from threading import Lock\nmatch {}:\n    case {**Lock}:\n        Lock()",
        "from threading import Lock\nmatch []:\n    case [*Lock]:\n        Lock()",
        "import threading\nthreading.no_such_name",
        "import threading\nthreading._shutdown",
        "from .threading import Lock\nLock()",
        "import mine.threading\nmine.threading.Lock()",
        "'threading.Lock'",
        "Lock()",
    ],
)
def test_what_is_not_certain_is_left_out(code: str) -> None:
    """Unused, rebound, private, made up, or of another module."""
    assert names(code) == []


def test_a_module_is_used_that_is_imported() -> None:
    """Whether or not one of its names is."""
    code = "import os.path, queue\nfrom concurrent import futures\nfrom asyncio.tasks import x\n"
    assert find_usage(snippet_of(code)).modules == ("asyncio", "concurrent.futures", "queue")


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("e = threading.Event()\ne.set()\ne.nothing()", ["threading.Event.set"]),
        ("threading.Thread().start()", ["threading.Thread.start"]),
        (
            "ts = [threading.Thread() for _ in range(3)]\nfor t in ts:\n    t.start()",
            ["threading.Thread.start"],
        ),
        ("a = threading.Event()\nfor e in (a, a):\n    e.wait()", ["threading.Event.wait"]),
        ("e = f = threading.Event()\ne.set()", []),
        ("e = threading.Event()\ne = None\ne.set()", []),
        ("e = threading.Event()\ndef f(e):\n    e.set()", []),
        ("for e in e:\n    e.set()", []),
        ("with threading.Lock() as e:\n    e.acquire()", []),
        ("l = threading.Lock()\nl.acquire()", ["threading.Lock.acquire"]),
        ("q = multiprocessing.Queue()\nq.put(1)", ["multiprocessing.Queue.put"]),
        ("l = multiprocessing.Lock()\nl.release()", ["multiprocessing.Lock.release"]),
        (
            "with concurrent.futures.ThreadPoolExecutor() as pool:\n    pool.map(f, [])",
            ["concurrent.futures.ThreadPoolExecutor.map"],
        ),
        (
            "async def f():\n    async with asyncio.TaskGroup() as g:\n        g.create_task(f())",
            ["asyncio.TaskGroup.create_task"],
        ),
        ("if (e := threading.Event()):\n    e.set()", ["threading.Event.set"]),
        ("e: object = threading.Event()\ne.set()", ["threading.Event.set"]),
        ("try: ...\nexcept Exception as e:\n    e.set()", []),
        ("xs = [[threading.Event()]]\nfor x in xs:\n    x.set()", []),
    ],
)
def test_a_method_counts_where_its_object_is_certain(code: str, found: list[str]) -> None:
    """That is: where each binding of the name, in whatever scope, makes an object of one class."""
    imports = "import asyncio, concurrent.futures, multiprocessing, threading\n"
    assert methods(imports + code) == found


def test_a_star_is_refused_with_its_line() -> None:
    """It hides what a program uses; the line is that of the file."""
    with pytest.raises(SnippetError, match=r"program\.py:6: `from queue import \*` hides"):
        find_usage(snippet_of("import os\nfrom queue import *\n"))


@pytest.mark.parametrize(
    ("snippet", "why"),
    [
        (snippet_of("async for x\n"), "does not compile on Python 3."),
        (snippet_of("await x\n"), "does not compile on Python 3."),
        (snippet_of("time python -c 1\n", suffix=".zsh"), "a zsh script"),
    ],
)
def test_what_is_no_program_in_python_is_not_looked_into(snippet: Snippet, why: str) -> None:
    """It says why."""
    with pytest.raises(AnalysisError, match=re.escape(why)):
        find_usage(snippet)


def test_a_warning_of_the_compiler_is_nobodys_here() -> None:
    """Looking at a program says nothing that running it would not say too."""
    assert names('import queue\nx = "\\d" is 1\nqueue.Queue\n') == ["queue.Queue"]


def test_public_names_are_those_that_the_modules_list() -> None:
    """Sorted into what programs use and the rest; nothing private, no modules."""
    for module in MODULES:
        found = public_names(module)
        listed = set(sys.modules[module].__all__)
        assert found.keys() - listed <= {"TaskGroup"}
        assert listed - found.keys() <= {"reducer"} | {n for n in listed if n.startswith("_")}
    assert public_names("asyncio")["TaskGroup"] == "main"
    assert public_names("asyncio")["get_event_loop_policy"] == "deprecated"
    assert public_names("asyncio")["Transport"] == "low-level"
    assert public_names("asyncio")["get_running_loop"] == "low-level"
    assert public_names("queue")["Empty"] == "exception"
    assert public_names("subprocess")["PIPE"] == "constant"


def test_only_classes_have_methods() -> None:
    """A function's results are not looked into."""
    assert "put_nowait" in find_methods("queue.Queue")
    assert "imap_unordered" in find_methods("multiprocessing.Pool")
    assert find_methods("asyncio.gather") == frozenset()
    assert find_methods("multiprocessing.get_context") == frozenset()


def an_exhibit(number: int, *used: str, called: tuple[str, ...] = (), why: str = "") -> GalleryCard:
    """Program `number`, which uses these names and calls these methods."""
    name = f"threads/program-{number}"
    snippet = Snippet(name, Path(f"{name}.py"), "", "pass\n", "python", f"Program {number}")
    return build_card(name, snippet, reason=why, uses=StdlibUsage((), used, called))


def test_each_module_has_its_share_in_words_and_as_a_bar() -> None:
    """Of its classes and functions: exceptions and constants do not count."""
    html = coverage_of([an_exhibit(1, "queue.Queue", "queue.Empty", "queue.LifoQueue")])
    [share] = [text for attrs, text in Page(html).all("li") if attrs.get("data-module") == "queue"]
    assert share == "queue2 of 4"
    assert re.search(r'data-module="queue".+class="part" width="50\.0%"', html)
    assert len(re.findall("data-module=", html)) == len(MODULES)


def test_a_name_leads_to_the_programs_that_use_it() -> None:
    """With the methods that they call; of many programs the gallery shows the rest."""
    lock = ("threading.Lock",)
    many = [an_exhibit(n, "threading.Thread") for n in range(2, 9)]
    page = Page(coverage_of([an_exhibit(1, *lock, called=("threading.Lock.acquire",)), *many]))
    assert [text for _, text in page.all("dt")] == ["Lock.acquire", "Thread"]
    links = [(attrs["href"], text) for attrs, text in page.all("a")]
    assert ("../threads/#threads-program-1", "Program 1") in links
    assert (
        "../gallery/#show=threading.Thread",
        "all 7 that use threading.Thread, in the gallery",
    ) in links
    assert ("../threads/#threads-program-6", "Program 6") not in links


def test_what_is_shown_nowhere_is_listed_by_its_sort() -> None:
    """Folded, under the module that it belongs to, with a link to Python's own page."""
    page = Page(coverage_of([an_exhibit(1, "queue.Queue")]))
    folds = {text.partition("Python's own page on ")[2]: text for _, text in page.all("details")}
    assert list(folds) == list(MODULES)
    assert folds["queue"].startswith("Shown nowhere: ")
    assert "Classes and functions: LifoQueue PriorityQueue SimpleQueue" in folds["queue"]
    assert "Exceptions: Empty Full" in folds["queue"]
    assert "Deprecated or removed by Python 3.14:" in folds["asyncio"]
    assert [text for _, text in page.all("p")].count("No program uses it.") == len(MODULES) - 1


def test_a_module_of_which_all_is_shown_has_nothing_folded() -> None:
    """No empty list stands under it."""
    every = an_exhibit(1, *(f"queue.{name}" for name in public_names("queue")))
    page = Page(coverage_of([every]))
    assert "Python's own page on queue" not in [text for _, text in page.all("a")]
    assert len(page.all("details")) == len(MODULES) - 1


def test_what_was_not_looked_into_is_said() -> None:
    """A program in another language, one that does not compile, and a file that is no snippet."""
    broken = build_card("locks/broken", reason="snippets/locks/broken.py:6: unknown key 'titel'")
    page = Page(coverage_of([an_exhibit(1, why="a zsh script"), broken]))
    said = [text for attrs, text in page.all("li") if "data-snippet" in attrs]
    assert said == [
        "Program 1: a zsh script",
        "locks/broken: snippets/locks/broken.py:6: unknown key 'titel'",
    ]
    hrefs = [attrs["href"] for attrs, _ in page.all("a")]
    assert "../locks/" in hrefs
    assert "not-looked-into" not in coverage_of([an_exhibit(1)])


def test_markdown_leaves_the_map_as_it_is_and_text_is_harmless() -> None:
    """Titles and reasons are text, no rule of Markdown applies, and no style is in an element."""
    snippet = Snippet("threads/x", Path("x.py"), "", "pass\n", "python", HOSTILE)
    html = coverage_of(
        [
            build_card("threads/x", snippet, uses=StdlibUsage((), ("queue.Queue",))),
            build_card("threads/y", reason=f"two\n\n    {HOSTILE}"),
        ]
    )
    assert "<script" not in html
    assert " style=" not in html
    extensions = ["md_in_html", "tables", "attr_list", "toc", "abbr", "pymdownx.snippets"]
    assert Markdown(extensions=extensions).convert(html).strip() == html.strip()
    assert all(line.startswith("<") for line in html.splitlines())
    ids = re.findall(r'\bid="(.+?)"', html)
    assert len(ids) == len(set(ids)) > 0


def test_the_map_is_made_without_running_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What hides its names is told in the build's log; other faults are told elsewhere."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/threads.md").write_text("# Threads\n")
    (tmp_path / "snippets/threads").mkdir(parents=True)
    for name, code in {
        "good": text_of("from queue import Queue\nQueue()\n"),
        "star": text_of("from queue import *\n"),
        "spoilt": "pass\n",
    }.items():
        (tmp_path / f"snippets/threads/{name}.py").write_text(code)

    def execute(snippet: Snippet) -> Run:
        raise AssertionError(f"{snippet.name} was run")

    library = Library(tmp_path, execute=execute)
    warnings: list[str] = []
    monkeypatch.setattr(api, "library", lambda: library)
    monkeypatch.setattr(api._log, "warning", lambda _, error: warnings.append(str(error)))
    page = Page(api.coverage())
    assert [text for _, text in page.all("dt")] == ["Queue"]
    unread = [attrs["data-snippet"] for attrs, _ in page.all("li") if "data-snippet" in attrs]
    assert unread == ["threads/spoilt", "threads/star"]
    assert [warning.partition(": ")[2] for warning in warnings] == [
        "`from queue import *` hides what the program uses"
    ]
