"""All programs at a glance: what they are found by, how they are listed, and the page at work."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from urllib.request import urlopen

import pytest
from helpers.browser import (
    IS_VISIBLE,
    MonitoredPage,
    build,
    find_violations_in_both_schemes,
    force_layout,
    monitor,
    serve,
)
from helpers.built_page import read_page
from helpers.handmade import Page, a_run, a_worker, main, nine_threads
from helpers.programs import text_of
from helpers.projects import fence, small_project
from helpers.repository import LIBRARY, ROOT, MakeOnce
from markdown import Markdown

from snippet_engine.errors import ExecutionError
from snippet_engine.execution.unavailable import UnsupportedPythonError
from snippet_engine.pages import api
from snippet_engine.project.navigation import chapters
from snippet_engine.project.project import Library
from snippet_engine.project.run_cache import Memory
from snippet_engine.rendering.gallery import render_gallery
from snippet_engine.rendering.gallery_card import GalleryCard, build_card
from snippet_engine.rendering.gallery_tags import find_tags
from snippet_engine.rendering.thumbnail_svg import render_thumbnail
from snippet_engine.run import Line, Run, Span
from snippet_engine.snippet.model import Snippet
from snippet_engine.snippet.stdlib_usage import StdlibUsage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext
    from playwright.sync_api import Page as BrowserPage

TITLES = {"index": "Start", "threads": "Threads", "locks": "Locks"}
HOSTILE = "</a><script>alert(1)</script> & *x* `y` __z__ {: #id } [a](b) &lt;"
EXTENSIONS = ["md_in_html", "tables", "attr_list", "toc", "abbr", "pymdownx.snippets"]


def an_exhibit(
    name: str = "threads/nine",
    title: str = "Nine threads",
    run: Run | None = None,
    why: str = "",
    uses: tuple[str, ...] = (),
) -> GalleryCard:
    """A program of that name; nine threads that sleep, if no run is given and it has no `why`."""
    snippet = Snippet(name, Path(f"snippets/{name}.py"), "", "pass\n", "python", title)
    run = None if why else run or nine_threads()
    modules = tuple({used.rpartition(".")[0] for used in uses})
    return build_card(name, snippet, run, why, StdlibUsage(modules, uses))


def tags(run: Run | None, uses: StdlibUsage | None = None) -> set[str]:
    """What a run and its code are found by."""
    return {tag for group in find_tags(run, uses or StdlibUsage()).values() for tag in group}


def test_a_run_is_found_by_its_workers_and_waits() -> None:
    """The first process does not count: every program is one, and it waits for the others."""
    assert tags(nine_threads()) == {"thread", "waiting", "wait-sleep"}


def test_a_program_alone_is_found_by_its_own_waits() -> None:
    """Where there is no other worker, what the first one waits on is what the run shows."""
    alone = a_run([main()], [Span("w0", "waiting", 0, 0.9, "child process")])
    assert tags(alone) == {"waiting", "wait-child-process"}


def test_a_wait_that_is_not_worth_telling_is_no_wait() -> None:
    """A hundredth of the run is not what it shows."""
    assert tags(a_run([main()], [Span("w0", "waiting", 0, 0.01, "lock")])) == set()


def test_who_uses_the_cpu_computes() -> None:
    """Half a core for half a second is work; a moment at the start is not."""
    busy = a_worker(1, "process", shares=((0.2, 0.5), (0.7, 0.0)))
    idle = a_worker(1, "process", shares=((0.0, 1.0), (0.1, 0.0)))
    assert tags(a_run([main(), busy])) == {"process", "computing"}
    assert tags(a_run([main(), idle])) == {"process"}


def test_a_worker_that_never_ended_counts_until_the_stop() -> None:
    """Its CPU share and its wait last as long as the run."""
    endless = a_worker(1, ended=None, shares=((0.0, 0.5),))
    run = a_run([main(None), endless], [Span("w1", "waiting", 0.5, None, "lock")])
    assert tags(run) == {"thread", "computing", "waiting", "wait-lock"}


def test_code_is_found_by_modules_and_names_even_without_a_run() -> None:
    """What was not run has its names all the same."""
    uses = StdlibUsage(("queue", "threading"), ("queue.Queue",))
    assert tags(None, uses) == {"queue", "threading", "queue.Queue"}
    assert list(find_tags(None, uses)["Modules"]) == ["threading", "queue"]


def test_programs_stand_by_chapter_in_the_order_of_the_site() -> None:
    """Chapters come in their order; one without programs has no heading."""
    html = render_gallery([an_exhibit("threads/b"), an_exhibit("index/a")], TITLES)
    assert [text for _, text in Page(html).all("h2")] == ["Start", "Threads", "Times"]
    assert re.findall(r'exhibit" data-snippet="(.+?)"', html) == ["index/a", "threads/b"]


def test_a_program_has_its_link_seconds_lesson_picture_and_names() -> None:
    """All that is known at a glance stands in one place."""
    html = render_gallery([an_exhibit(uses=("threading.Thread",))], TITLES)
    page = Page(html)
    assert ("../threads/#threads-nine", "Nine threads") in [
        (attrs.get("href"), text) for attrs, text in page.all("a")
    ]
    assert [text for _, text in page.all("p", "exhibit-seconds")] == ["1.07 s"]
    assert [text for _, text in page.all("p", "exhibit-lesson")] == [
        "9 threads wait in sleep at once, 0.04 s to 1.04 s."
    ]
    [(picture, _)] = [one for one in page.all("svg") if one[0].get("role") == "img"]
    assert picture["aria-label"].startswith("9 threads wait in sleep")
    assert html.count('<g class="lane ') == 10
    assert [text for _, text in page.all("p", "exhibit-uses")] == ["threading.Thread"]


def test_each_picture_has_a_time_scale_of_its_own() -> None:
    """A short run is drawn as wide as a long one, under its own round moments."""
    runs = [a_run([main(s)], [Span("w0", "waiting", 0, s, "sleep")], s) for s in (8.0, 0.1)]
    html = render_gallery(
        [an_exhibit(f"threads/{n}", run=run) for n, run in enumerate(runs)], TITLES
    )
    assert re.findall(r'class="wait" d="(.+?)"', html) == ["M0 1h1000v5h-1000z"] * 2
    ticks = [text for attrs, text in Page(html).all("text") if attrs["class"] == "tick"]
    assert {"8 s", "100 ms"} <= set(ticks)


def paths(html: str) -> list[tuple[str, str]]:
    """What is drawn of the lanes: class and path."""
    return re.findall(r'<path class="(\w+)" d="(.+?)"', html.partition('class="grid"')[2])


def test_each_state_has_a_shape_of_its_own() -> None:
    """A wait is a bar, what is suspended a line, a moment of running as wide as can be seen."""
    task = a_worker(1, "task")
    spans = [Span("w1", "waiting", 0.5, 0.75, "sleep"), Span("w1", "running", 0.75, 0.751)]
    assert paths(render_thumbnail(a_run([main(), task], spans), "")) == [
        ("run", "M0 1h1000v5h-1000z"),
        ("wait", "M500 8h250v5h-250z"),
        ("alive", "M0 10h500v1h-500zM751 10h249v1h-249z"),
        ("run", "M750 8h5v5h-5z"),
    ]


def test_who_computes_is_as_high_as_its_share_of_a_core() -> None:
    """Two threads that share a core stand at half height, on a track."""
    busy = a_worker(0, "process", shares=((0.0, 0.5),))
    assert paths(render_thumbnail(a_run([busy]), "")) == [
        ("track", "M0 1h1000v5h-1000z"),
        ("run", "M0 3.5h1000v2.5h-1000z"),
    ]


def test_a_stopped_run_goes_on_past_the_stop() -> None:
    """Dashes begin where it was stopped, and stay inside the picture."""
    drawn = dict(
        paths(render_thumbnail(a_run([main(None)], [Span("w0", "waiting", 0, None, "lock")]), ""))
    )
    dashes = [int(x) for x in re.findall(r"M(\d+) ", drawn["on"])]
    assert len(dashes) >= 2
    assert all(971 < x < 1000 for x in dashes)


def test_workers_past_the_last_lane_share_one() -> None:
    """Its height is how many of them are alive."""
    workers = [main(), *(a_worker(n, began=n / 40) for n in range(1, 20))]
    html = render_thumbnail(a_run(workers), "")
    assert html.count('<g class="lane ') == 13
    assert 'data-kind="more"' in html


def test_a_run_without_a_trace_still_has_its_seconds() -> None:
    """Without workers there is no picture, and nothing breaks."""
    page = Page(render_gallery([an_exhibit(run=a_run([]))], TITLES))
    assert [text for _, text in page.all("p", "exhibit-seconds")] == ["1.00 s"]
    assert all(attrs.get("role") != "img" for attrs, _ in page.all("svg"))


def test_what_was_not_run_says_why_and_has_no_numbers() -> None:
    """It is listed where it would stand, in the table too."""
    broken = build_card("locks/broken", reason="snippets/locks/broken.py:6: unknown key 'titel'")
    page = Page(render_gallery([an_exhibit(), broken], TITLES))
    [(attrs, text)] = page.all("li", "is-missing")
    assert attrs["data-snippet"] == "locks/broken"
    assert "Not run: snippets/locks/broken.py:6: unknown key 'titel'" in text
    *_, last = page.all("tr")
    assert last[1] == "locks/broken" + "–" * 5


def test_the_buttons_name_what_occurs_with_its_count() -> None:
    """Each tag has one button, in an order of its own; none is there for what no program has."""
    html = render_gallery(
        [
            an_exhibit(uses=("threading.Thread", "threading.Lock")),
            an_exhibit("threads/two", uses=("queue.Queue", "threading.Thread")),
        ],
        TITLES,
    )
    buttons = Page(html).all("button")
    assert [(attrs["value"], text) for attrs, text in buttons if "value" in attrs] == [
        ("thread", "threads 2"),
        ("waiting", "waiting 2"),
        ("wait-sleep", "sleep 2"),
        ("threading", "threading 2"),
        ("queue", "queue 1"),
        ("queue.Queue", "queue.Queue 1"),
        ("threading.Lock", "threading.Lock 1"),
        ("threading.Thread", "threading.Thread 2"),
    ]
    assert all(attrs["type"] == "button" for attrs, _ in buttons)


def test_the_table_has_the_numbers_of_each_run() -> None:
    """Time, CPU time, cores, memory and workers, each with its value to sort by."""
    page = Page(render_gallery([an_exhibit()], TITLES))
    cells = [(attrs.get("data-value"), text) for attrs, text in page.all("td")]
    assert cells == [
        ("1.07", "1.07 s"),
        ("0.1", "100 ms"),
        ("0.0934579", "0.09"),
        ("9e+06", "9.0 MB"),
        ("10", "10"),
    ]
    assert [text for attrs, text in page.all("th") if attrs.get("scope") == "row"] == [
        "Nine threads"
    ]


def test_how_many_cores_a_moment_used_is_not_told() -> None:
    """The start of the interpreter would be most of it."""
    html = render_gallery([an_exhibit(run=a_run([main(0.01)], seconds=0.01))], TITLES)
    assert [text for _, text in Page(html).all("td")] == ["10.0 ms", "100 ms", "–", "9.0 MB", "1"]


def test_markdown_leaves_the_gallery_as_it_is_and_text_is_harmless() -> None:
    """Titles, names of workers and reasons are text, and no rule of Markdown applies to them."""
    worker = replace(a_worker(1), name=HOSTILE, function=HOSTILE)
    run = a_run([main(), worker], [Span("w1", "waiting", 0, 0.9, HOSTILE)])
    html = render_gallery(
        [
            an_exhibit(title=HOSTILE, run=run),
            build_card("locks/broken", reason=f"two\n\n    {HOSTILE}"),
        ],
        {**TITLES, "threads": HOSTILE},
    )
    assert "<script" not in html
    converted = Markdown(extensions=EXTENSIONS).convert(html)
    assert converted.strip() == html.strip()
    assert all(line.startswith("<") for line in html.splitlines())
    assert Page(html).all("h3")[0][1] == HOSTILE


def test_no_style_stands_in_an_element_and_no_id_twice() -> None:
    """A strict Content-Security-Policy may forbid inline styles and scripts."""
    html = render_gallery([an_exhibit(), an_exhibit("locks/nine")], TITLES)
    assert " style=" not in html
    assert not re.search(r"\son\w+=", html)
    ids = re.findall(r'\bid="(.+?)"', html)
    assert len(ids) == len(set(ids)) > 2


def busy_run(number: int) -> Run:
    """Twelve threads that wait for a lock over and over, each at moments of its own."""
    workers = [main(2.0), *(a_worker(n, ended=2.0) for n in range(1, 13))]
    spans = [
        Span(f"w{n}", "waiting", at, at + 0.01 + (7 * n + number) % 5 / 1000, "lock")
        for n in range(1, 13)
        for at in (step * 0.04 + n * number % 17 / 1000 for step in range(48))
    ]
    return a_run(workers, spans, 2.0)


def test_eighty_programs_are_a_small_page() -> None:
    """Under 150 KB are sent, though each fourth program has as much to draw as fits."""
    exhibits = [
        an_exhibit(
            f"threads/program-{n}",
            f"Program {n} does something of its own",
            run=busy_run(n) if n % 4 == 0 else nine_threads(),
            uses=("threading.Thread", "queue.Queue", "threading.Lock"),
        )
        for n in range(80)
    ]
    sent = gzip.compress(render_gallery(exhibits, TITLES).encode())
    assert len(sent) < 150_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of two chapters, whose pages the navigation puts in an order of its own."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/threads.md").write_text(
        '# All about threads\n```python exec="on"\nshow(\n"threads/shown")\n```\n'
    )
    (tmp_path / "docs/index.md").write_text("---\nhide: []\n---\n# The start\n")
    (tmp_path / "docs/extra.md").write_text("no heading\n")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: x\nnav:\n  # first\n  - index.md\n  - 'Many: at once': threads.md\n"
        "theme:\n  - locks.md\n"
    )
    (tmp_path / "snippets/threads").mkdir(parents=True)
    return tmp_path


def test_chapters_come_in_the_order_of_the_navigation(root: Path) -> None:
    """Titles are those of the navigation, or of the pages; pages left out come last."""
    assert list(chapters(root).items()) == [
        ("index", "The start"),
        ("threads", "Many: at once"),
        ("extra", "extra"),
    ]
    (root / "mkdocs.yml").unlink()
    assert list(chapters(root)) == ["extra", "index", "threads"]


class Log:
    """In place of the build's log."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def warning(self, message: str, *args: object) -> None:
        self.warnings.append(message % args)


def test_whatever_cannot_be_run_is_listed_and_told_of_where_no_page_shows_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a page shows is told of from there; of the rest, that no page shows it, once."""
    for name in ("shown", "unseen", "good"):
        (root / f"snippets/threads/{name}.py").write_text(text_of("pass\n"))
    (root / "snippets/threads/spoilt.py").write_text("pass\n")
    (root / "snippets/threads/newer.py").write_text(NEWER)

    def execute(snippet: Snippet) -> Run:
        if snippet.name.endswith("good"):
            return nine_threads()
        if snippet.name.endswith("newer"):
            raise UnsupportedPythonError(snippet, "3.11.7")
        raise ExecutionError(f"{snippet.name} needs zsh")

    library, log = Library(root, execute=execute), Log()
    monkeypatch.setattr(api, "library", lambda: library)
    monkeypatch.setattr(api, "_log", log)
    missing = {
        attrs["data-snippet"]: text for attrs, text in Page(api.gallery()).all("li", "is-missing")
    }
    assert list(missing) == [f"threads/{name}" for name in ("newer", "shown", "spoilt", "unseen")]
    assert "needs Python >=3.99; this is 3.11.7" in missing["threads/newer"]
    assert "threads/shown needs zsh" in missing["threads/shown"]
    assert [message.partition(": put")[0] for message in log.warnings] == [
        f"snippets/threads/{name}.py:1: it is shown on no page"
        for name in ("good", "newer", "spoilt", "unseen")
    ]


def test_of_an_edit_one_program_is_drawn_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are remembered as they were drawn, with all that the pages say of them."""
    recorded = "#: output\n#> nine\n"
    for name in ("edited.py", "other.py", "shell.zsh"):
        text = text_of("import queue\n", recording=recorded)
        (root / "snippets/threads" / name).write_text(text)
    nine = replace(nine_threads(), lines=(Line(0.1, "stdout", "nine"),))
    monkeypatch.setattr(api, "_log", Log())
    drawn: list[str] = []

    def noted(name: str, *rest: object, **more: object) -> GalleryCard:
        drawn.append(name)
        return build_card(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(api, "build_card", noted)
    pages = []
    for edit in ("import queue\n", "import queue  # edited\n"):
        path = root / "snippets/threads/edited.py"
        path.write_text(text_of(edit, recording=recorded))
        memory = Memory(root / "runs")
        library = Library(root, execute=lambda _: nine, memory=memory)
        monkeypatch.setattr(api, "library", lambda library=library: library)
        pages += [(api.gallery(), api.coverage())]
    assert pages[0] == pages[1]
    names = [f"threads/{name}" for name in ("edited", "other", "shell")]
    # The map of names looks once more into what has none.
    assert drawn == [*names, "threads/shell", "threads/edited", "threads/shell"]
    assert all("a zsh script" in coverage for _, coverage in pages)


NEWER = text_of("pass\n").replace("script\n", 'script\n# requires-python = ">=3.99"\n', 1)
PROGRAMS = {
    "one-at-a-time/loop": "from time import sleep\nsleep(0.2)\n",
    "threads/two-waits": (
        "from threading import Thread\nfrom time import sleep\n"
        "threads = [Thread(target=sleep, args=(0.3,)) for _ in range(2)]\n"
        "for thread in threads:\n    thread.start()\nfor thread in threads:\n    thread.join()\n"
    ),
    "queues/hand-over": (
        "from queue import Queue\nfrom threading import Thread\nfrom time import sleep\n"
        "queue = Queue()\nthread = Thread(target=queue.get)\nthread.start()\n"
        "sleep(0.25)\nqueue.put(1)\nthread.join()\n"
    ),
    "asyncio/two-tasks": (
        "import asyncio\n\n\nasync def main():\n"
        "    await asyncio.gather(asyncio.sleep(0.4), asyncio.sleep(0.4))\n\n\n"
        "asyncio.run(main())\n"
    ),
}


@pytest.fixture(scope="module")
def small_site(tmp_path_factory: pytest.TempPathFactory, make_once: MakeOnce) -> Iterator[str]:
    """The address of a site of a few programs, built strictly."""

    def make(target: Path) -> None:
        root = small_project(tmp_path_factory.mktemp("project"), [])
        names = [*PROGRAMS, "threads/newer"]
        for page in (root / "docs").glob("*.md"):
            if page.stem in ("gallery", "coverage"):
                shutil.copy(ROOT / "docs" / page.name, page)
            else:
                fences = [fence(name) for name in names if name.startswith(f"{page.stem}/")]
                page.write_text("\n".join([f"# {page.stem}\n", *fences]))
        for name, code in PROGRAMS.items():
            path = root / f"snippets/{name}.py"
            path.parent.mkdir(parents=True)
            text = text_of(code, recording="#: output\n")
            path.write_text(text.replace('title = "', f'title = "{path.stem}: '))
        (root / "snippets/threads/newer.py").write_text(NEWER)
        result = build(root, target)
        assert result.returncode == 0, result.stderr

    with serve(make_once("small-site", make)) as address:
        yield address


@pytest.fixture
def small(shared_page: BrowserPage, small_site: str) -> Iterator[MonitoredPage]:
    """A watched page of the small site; the test fails if anything went wrong on it."""
    with monitor(shared_page, small_site) as monitored:
        yield monitored


def shown(page: BrowserPage) -> list[str]:
    """The programs that a reader sees: the same in the pictures and in the table."""
    lists = [
        page.locator(selector).evaluate_all(
            f"all => all.filter({IS_VISIBLE}).map(one => one.dataset.snippet)"
        )
        for selector in (".exhibit", ".gallery-table tbody tr")
    ]
    assert sorted(lists[0]) == sorted(lists[1])
    return lists[0]


def press(page: BrowserPage, tag: str) -> None:
    """Press the button of `tag`."""
    page.locator(f'.gallery-filter button[value="{tag}"]').click()


def said(page: BrowserPage) -> str:
    """What the live region says."""
    return page.locator(".gallery [role=status]").inner_text()


EVERY = [
    "one-at-a-time/loop",
    "threads/newer",
    "threads/two-waits",
    "queues/hand-over",
    "asyncio/two-tasks",
]


def test_a_button_shows_the_programs_that_have_its_tag(small: MonitoredPage) -> None:
    """Pressed again it lets go; chapters without a program are hidden; the count is told."""
    page = small.open("gallery")
    assert shown(page) == EVERY
    assert said(page) == "5 programs"
    press(page, "thread")
    assert shown(page) == ["threads/two-waits", "queues/hand-over"]
    assert said(page) == "2 of 5 programs"
    button = page.locator('.gallery-filter button[value="thread"]')
    assert button.get_attribute("aria-pressed") == "true"
    titles = page.locator("h2:visible").all_inner_texts()
    assert titles == ["Threads", "Queues and pickles", "Times"]
    press(page, "thread")
    assert shown(page) == EVERY
    assert button.get_attribute("aria-pressed") == "false"


def test_buttons_combine_and_say_how_many_would_be_left(small: MonitoredPage) -> None:
    """Each further button leaves those that have all; one that leaves none looks so."""
    page = small.open("gallery")
    press(page, "thread")
    press(page, "queue")
    assert shown(page) == ["queues/hand-over"]
    left = page.locator('.gallery-filter button[value="asyncio"]')
    assert left.inner_text() == "asyncio 0"
    assert "is-vain" in left.get_attribute("class")
    press(page, "asyncio")
    assert shown(page) == []
    assert said(page) == "0 of 5 programs"
    assert page.locator(".gallery-none").is_visible()
    assert page.locator(".gallery-times").is_hidden()
    page.locator(".gallery-all").click()
    assert shown(page) == EVERY
    assert page.locator(".gallery-none").is_hidden()
    assert page.evaluate("document.activeElement.closest('.gallery-filter') !== null")


def test_the_address_keeps_what_is_chosen(small: MonitoredPage) -> None:
    """A copied address shows the same programs in the same order."""
    page = small.open("gallery")
    press(page, "thread")
    page.locator(".gallery-names summary").click()
    press(page, "queue.Queue")
    page.locator("th[data-column=seconds] button").click()
    assert page.url.endswith("/gallery/#show=thread,queue.Queue&sort=-seconds")
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    assert shown(page) == ["queues/hand-over"]
    assert page.locator("th[data-column=seconds]").get_attribute("aria-sort") == "descending"
    assert page.locator('.gallery-filter button[value="queue.Queue"]').is_visible()
    page.locator(".gallery-all").click()
    page.locator("th[data-column=seconds] button").click(click_count=2)
    assert page.url.endswith("/gallery/")


def test_an_address_may_change_or_ask_for_what_there_is_not(small: MonitoredPage) -> None:
    """A new hash is followed; unknown tags and columns are passed over; a place is no choice."""
    page = small.open("gallery")
    page.evaluate("location.hash = '#show=task'")
    page.wait_for_function("document.querySelector('[aria-pressed=true]')?.value === 'task'")
    assert shown(page) == ["asyncio/two-tasks"]
    page.evaluate("location.hash = '#gallery-times'")
    page.evaluate("location.hash = '#show=%22%5D,none,waiting&sort=-none'")
    page.wait_for_function("document.querySelector('[aria-pressed=true]')?.value === 'waiting'")
    assert len(shown(page)) == 4


def test_the_table_is_sorted_by_a_heading(small: MonitoredPage) -> None:
    """From the greatest down, then up, then by chapter again; what has no number comes last."""
    page = small.open("gallery")
    head = page.locator("th[data-column=seconds]")

    def order() -> list[str]:
        rows = page.locator(".gallery-table tbody tr")
        return rows.evaluate_all("rows => rows.map(row => row.dataset.snippet)")

    head.locator("button").click()
    seconds = [
        float(page.locator(f'.exhibit[data-snippet="{name}"]').get_attribute("data-seconds"))
        for name in order()[:-1]
    ]
    assert seconds == sorted(seconds, reverse=True)
    assert order()[-1] == "threads/newer"
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert order()[0] == "one-at-a-time/loop"
    assert order()[-1] == "threads/newer"
    head.locator("button").click()
    assert head.get_attribute("aria-sort") is None
    assert order() == EVERY
    page.locator("th[data-column=title] button").click()
    titles = page.locator(".gallery-table tbody th").all_inner_texts()
    assert titles == sorted(titles, key=str.casefold)


def test_the_keyboard_does_all_of_it(small: MonitoredPage) -> None:
    """Tab reaches the buttons, Space and Enter press them, and the focus stays."""
    page = small.open("gallery")
    first = page.locator(".gallery-filter button").first
    first.focus()
    page.keyboard.press("Space")
    assert first.get_attribute("aria-pressed") == "true"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    second = page.locator(".gallery-filter button").nth(1)
    assert second.get_attribute("aria-pressed") == "true"
    assert second.evaluate("node => node === document.activeElement")
    head = page.locator("th[data-column=workers] button")
    page.evaluate("document.querySelector('.gallery-all').click()")
    head.focus()
    page.keyboard.press("Enter")
    assert head.evaluate("node => node === document.activeElement")
    assert page.locator("th[aria-sort]").count() == 1


def test_without_a_script_everything_is_listed(browser: Browser, small_site: str) -> None:
    """No button is shown that would do nothing; pictures and numbers are there."""
    context = browser.new_context(java_script_enabled=False)
    page = MonitoredPage(context.new_page(), small_site).open("gallery")
    assert shown(page) == EVERY
    buttons = page.locator(".gallery button").evaluate_all(f"all => all.map({IS_VISIBLE})")
    assert not any(buttons)
    pictures = page.locator(".exhibit svg[role=img]").evaluate_all(f"all => all.map({IS_VISIBLE})")
    assert all(pictures)
    context.close()


def test_search_finds_programs_on_their_own_pages(small_site: str) -> None:
    """The gallery repeats titles, so it is not searched; the names that are shown are."""
    with urlopen(f"{small_site}/search/search_index.json") as answer:
        index = json.load(answer)
    found = {doc["location"]: doc["text"] for doc in index["docs"]}
    assert "two-waits" not in found["gallery/"]
    assert not any(location.startswith("gallery/#") for location in found)
    assert "Thread" in found["coverage/#threading"]


@pytest.mark.parametrize("page_name", ["gallery", pytest.param("coverage", marks=pytest.mark.slow)])
def test_a_phone_shows_it_without_scrolling_sideways(page_name: str, small: MonitoredPage) -> None:
    """At 360 pixels with all folds open nothing reaches over the edge."""
    small.page.set_viewport_size({"width": 360, "height": 740})
    page = small.open(page_name)
    force_layout(page)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    # Nor is anything hidden past the edge of a box that clips or scrolls.
    wide = page.locator(".md-content :is(ol, ul, table, tr, li, dl, div, section)").evaluate_all(
        "nodes => nodes.filter(node => node.scrollWidth > node.clientWidth + 1"
        " && getComputedStyle(node).display !== 'inline').map(node => node.className)"
    )
    assert wide == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "address", ["gallery/#show=thread,asyncio.run", "gallery/#sort=-memory", "coverage/"]
)
def test_axe_finds_no_violation_whatever_is_chosen(
    address: str, context: BrowserContext, small_site: str
) -> None:
    """Pressed, vain and sorted are told in ways that everybody gets, and folds are sound."""
    page = context.new_page()
    page.goto(f"{small_site}/{address}", wait_until="load")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert find_violations_in_both_schemes(page) == {"light": [], "dark": []}


@pytest.mark.parametrize("page_name", ["gallery", "coverage"])
def test_every_link_to_a_panel_finds_it(page_name: str, site: str) -> None:
    """On the whole site, each address with a part of a page leads to an element of that name."""
    page = read_page(site, page_name)
    if page_name == "gallery":
        exhibits = page.select("li", "exhibit")
        names = {one.attributes["data-snippet"] for one in exhibits}
        assert names == set(LIBRARY.names())
    [content] = page.select("article", "gallery") or page.select("div", "coverage")
    links = {link.attributes["href"] for link in page.select("a", inside=content)}
    parts = {link for link in links if "#" in link and "#show=" not in link}
    assert parts
    for link in parts:
        address, _, part = urljoin(f"/{page_name}/", link).partition("#")
        found = read_page(site, address.strip("/") or "index").elements
        assert part in [attrs.get("id") for _, attrs, _ in found], link
