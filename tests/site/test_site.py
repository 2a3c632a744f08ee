"""The site as a reader gets it: built, served, and opened in a real browser."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from helpers.browser import (
    IS_VISIBLE,
    PAGES,
    MonitoredPage,
    build,
    force_layout,
    get_colour_scheme,
    monitor,
    set_colour_scheme,
)
from helpers.built_page import BuiltPage, read_page
from helpers.processes import find_processes, is_gone, needs_proc
from helpers.projects import small_project
from helpers.repository import PROJECT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page


@pytest.mark.parametrize("chapter", PAGES)
def test_a_page_has_all_its_panels(chapter: str, site: str) -> None:
    """Each snippet of the chapter has a panel with its output, or says that there is none."""
    page = read_page(site, chapter)
    panels = page.select("section", "snippet")
    names = [name for name in PROJECT.names() if name.startswith(f"{chapter}/")]
    assert sorted(panel.attributes["data-snippet"] for panel in panels) == sorted(names)
    for panel in panels:
        snippet = PROJECT.read(panel.attributes["data-snippet"])
        expected = str(snippet.source) if snippet.source else None
        assert panel.attributes.get("data-source") == expected
        assert float(panel.attributes["data-seconds"]) >= 0
        endings = {"stopped" if snippet.stop_after else "exit 1" if snippet.raises else "exit 0"}
        endings |= {"stopped"} if snippet.time_limit else set()  # a hang that is declared
        assert panel.attributes["data-ending"] in endings
        [output] = page.select("div", "snippet-output", inside=panel)
        lines = page.select("li", "line", inside=output)
        if snippet.find_recording("3.11").lines:
            assert lines
            assert all(
                {"data-at", "data-worker", "data-stream"} <= {*line.attributes} for line in lines
            )
        else:
            assert "Prints nothing" in output.text


@pytest.mark.parametrize("chapter", PAGES)
def test_a_table_stands_by_itself(chapter: str, site: str) -> None:
    """The theme puts a part around each, and all that stands beside it is styled anew."""
    page = read_page(site, chapter)
    [article] = page.select("article", "md-content__inner")
    parts = {part.number for part in page.select("div", inside=article)}
    for table in page.select("table", inside=article):
        if "class" not in table.attributes:
            nearest = max(page.ancestors[table.number])
            assert nearest in parts, "put `<div markdown>` around it"


def test_only_the_gallery_has_its_script(site: str) -> None:
    """And no page has those of languages that are not run here."""
    for chapter in PAGES:
        scripts = read_page(site, chapter).select("script")
        places = [(one.attributes.get("src") or "").rpartition("/") for one in scripts]
        ours = [name for folder, _, name in places if folder.endswith("assets")]
        assert ours == ["titles.js", "snippets.js", *["gallery.js"] * (chapter == "gallery")]


def test_all_source_blocks_are_on_the_site(site: str) -> None:
    """Each of the 17 blocks stands once, on a chapter's page."""
    found = [
        int(panel.attributes["data-source"])
        for chapter in {name.partition("/")[0] for name in PROJECT.names()}
        for panel in read_page(site, chapter).select("section", "snippet")
        if "data-source" in panel.attributes
    ]
    assert sorted(found) == list(range(1, 18))


def test_search_finds_a_word_of_a_program(shared_page: Page, searchable_site: str) -> None:
    """Searching for "pickle" leads to the chapter on pickles."""
    with monitor(shared_page, searchable_site) as monitored:
        page = monitored.open("index")
        page.keyboard.press("/")
        page.locator(".md-search__input").press_sequentially("pickle")
        result = page.locator(".md-search-result__link[href*='queues']").first
        result.wait_for()
        assert "pickle" in result.inner_text().lower()


@pytest.mark.parametrize(
    "name",
    [
        "index/side-by-side",
        pytest.param("threads/thread-for-each-task", marks=pytest.mark.slow),
    ],
)
def test_copy_copies_the_program_alone(name: str, monitored: MonitoredPage) -> None:
    """The copy button gives the code without line numbers, head and recording."""
    page = monitored.open(name.partition("/")[0])
    panel = page.locator(f'section.snippet[data-snippet="{name}"]')
    block, button = panel.locator(".highlight"), panel.get_by_title("Copy to clipboard")
    block.hover()
    box, room = button.bounding_box(), block.bounding_box()
    assert box
    assert room
    assert room["y"] < box["y"] < room["y"] + 60
    assert box["x"] + box["width"] < room["x"] + room["width"]
    button.click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.length > 0)")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == PROJECT.read(name).code.strip()


def test_a_traceback_names_the_lines_that_the_page_numbers(site: str) -> None:
    """The line that the traceback names is the one with that number in the panel."""
    page = read_page(site, "queues")
    [panel] = [
        panel
        for panel in page.select("section", "snippet")
        if panel.attributes["data-snippet"] == "queues/what-pickles"
    ]
    [output] = page.select("div", "snippet-output", inside=panel)
    number = int(re.search(r'File "what-pickles\.py", line (\d+)', output.text)[1])
    [code] = page.select("code", inside=page.select("pre", inside=panel)[0])
    spans = [*page.select("span", "linenos", code), *page.select("a", "linenos", code)]
    spans.sort(key=lambda one: one.number)
    numbers = [int(one.attributes["data-linenos"]) for one in spans]
    assert numbers == [*range(1, len(code.text.splitlines()) + 1)]
    assert "dumps(conn)" in code.text.splitlines()[number - 1]


@pytest.fixture(scope="module")
def phone(browser: Browser, site: str) -> Iterator[MonitoredPage]:
    """A reader who goes from page to page on a phone, and prefers dark."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark")
    yield MonitoredPage(context.new_page(), site)
    context.close()


def test_the_readers_colour_scheme_is_followed(
    monitored: MonitoredPage, phone: MonitoredPage
) -> None:
    """A reader who prefers dark gets dark, one who prefers light gets light."""
    assert get_colour_scheme(monitored.open("glossary")) == "default"
    assert get_colour_scheme(phone.open("glossary")) == "slate"


PAPER_IN_DARK = "rgb(20, 24, 29)"


def test_a_scheme_once_chosen_stays(context: BrowserContext, site: str) -> None:
    """Until then the page follows the system; the button works with the keys, and both ways."""
    with monitor(context.new_page(), site) as monitored:
        page = monitored.open("glossary")
        set_colour_scheme(page, "dark")
        assert get_colour_scheme(page) == "slate"
        page.get_by_role("button", name="Switch to light").focus()
        page.keyboard.press("Enter")
        assert get_colour_scheme(page) == "default"
        page.keyboard.press("Enter")
        assert get_colour_scheme(page) == "slate"
        set_colour_scheme(page, "light")
        assert get_colour_scheme(page) == "slate"
        assert get_colour_scheme(monitored.open("coverage")) == "slate"
        assert page.locator("meta[name=color-scheme]").get_attribute("content") == "dark"
        assert page.locator("meta[name=theme-color]").get_attribute("content") == PAPER_IN_DARK


def test_dark_is_there_before_any_script_has_come(browser: Browser, site: str) -> None:
    """Nobody who prefers dark is shown a light page first."""
    context = browser.new_context(color_scheme="dark")
    context.route("**/*.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{site}/glossary/")
    assert get_colour_scheme(page) == "slate"
    context.close()


def test_code_wider_than_its_room_can_be_scrolled_with_the_keys(
    context: BrowserContext, site: str
) -> None:
    """There Tab stops at it; where it fits, not."""
    with monitor(context.new_page(), site) as monitored:
        page = monitored.open("one-at-a-time")
        code = "#one-at-a-time-three-computations .highlight code"
        for width, state in ((360, "[tabindex='0']"), (1280, ":not([tabindex])")):
            page.set_viewport_size({"width": width, "height": 740})
            page.locator(code).scroll_into_view_if_needed()
            page.locator(f"{code}{state}").wait_for()


# Quick to load: a page of prose, one with a panel, one with many, one with pictures and a table.
LIGHT = {"about/performance", "index", "one-at-a-time", "gallery"}


@pytest.mark.parametrize(
    "chapter",
    [one if one in LIGHT else pytest.param(one, marks=pytest.mark.slow) for one in PAGES],
)
def test_a_phone_never_scrolls_sideways(chapter: str, phone: MonitoredPage) -> None:
    """At 360 pixels nothing reaches over the edge, each panel is seen, and nothing goes wrong."""
    phone.faults.clear()
    page = phone.open(chapter)
    force_layout(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    panels = page.locator("section.snippet").evaluate_all(f"all => all.map({IS_VISIBLE})")
    assert all(panels)
    assert phone.faults == []


def test_a_moment_stands_in_one_line(monitored: MonitoredPage) -> None:
    """However many digits it has."""
    moment = monitored.open("one-at-a-time").locator(".snippet .meta time").first
    heights = moment.evaluate(
        "time => ['8 s', '88.8 ms', '888 ms'].map("
        "said => { time.textContent = said; return time.offsetHeight })"
    )
    assert heights[0] > 0
    assert len({*heights}) == 1


def test_an_unknown_address_gets_the_sites_own_page(site: str) -> None:
    """A dead link leads to a page that helps on."""
    with pytest.raises(HTTPError) as answer:
        urlopen(f"{site}/no/such/page/")
    with answer.value as page:
        assert page.code == 404
        links = BuiltPage(page.read().decode()).select("a")
    assert len([link for link in links if "href" in link.attributes]) > 3


@pytest.mark.site
def test_a_spoilt_project_fails_the_build_and_says_why(tmp_path: Path) -> None:
    """A wrong recording, a broken head, an unknown name and a dead anchor are all told."""
    names = ["one-at-a-time/take-a-look", "queues/import-queue", "locks/without-a-lock"]
    root = small_project(tmp_path / "project", names)
    first = root / "snippets/one-at-a-time/take-a-look.py"
    first.write_text(first.read_text().replace("#> Let's", "#> Let us"))
    second = root / "snippets/queues/import-queue.py"
    second.write_text(second.read_text().replace("# title", "# titel"))  # codespell:ignore
    page = root / "docs/locks.md"
    page.write_text(
        page.read_text().replace("without-a-lock", "no-such") + "\n[x](threads.md#no)\n"
    )
    result = build(root, tmp_path / "site")
    assert result.returncode != 0
    log = result.stdout + result.stderr
    assert "snippets/one-at-a-time/take-a-look.py: its output differs" in log
    assert "-Let us take a look!" in log
    assert "Hint: if the new output is right, run `make record NAME=" in log
    assert "snippets/queues/import-queue.py:6: unknown key 'titel'; did you mean 'title'?" in log
    assert "docs/locks.md:5: there is no snippet 'locks/no-such': " in log
    assert "does not contain an anchor '#no'" in log
    assert "Aborted with 4 warnings" in log


@pytest.mark.slow
def test_the_address_of_the_repository_comes_from_the_environment(
    tmp_path: Path, site: str
) -> None:
    """With it, pages and panels link to their source; without it, no link is made up."""
    root = small_project(tmp_path / "project", ["threads/thread-pool"])
    known = {"REPO_URL": "https://github.com/o/r", "EDIT_URI": "edit/main/docs/"}
    result = build(root, tmp_path / "site", **known)
    assert result.returncode == 0, result.stderr
    repository = known["REPO_URL"]
    page = BuiltPage((tmp_path / "site/threads/index.html").read_text())
    links = {link.attributes["href"] for link in page.select("a")}
    assert {
        repository,
        f"{repository}/edit/main/docs/threads.md",
        f"{repository}/raw/main/docs/threads.md",
        f"{repository}/blob/main/snippets/threads/thread-pool.py",
    } <= links
    without = {link.attributes["href"] for link in read_page(site, "threads").select("a")}
    assert not any(link.startswith(repository) for link in without)


# Programs that take a while, most of them with processes of their own.
LONG = [
    "one-at-a-time/plain-loop",
    "one-at-a-time/three-computations",
    "processes/process-for-each-task",
    "processes/process-pool",
    "queues/producer-and-consumer",
    "threads/thread-for-each-task",
]


@pytest.mark.site
@needs_proc
@pytest.mark.parametrize(
    "number",
    [
        signal.SIGINT,
        pytest.param(signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param(signal.SIGKILL, marks=pytest.mark.slow),
    ],
)
def test_an_interrupted_build_leaves_no_process(number: int, tmp_path: Path) -> None:
    """Ctrl-C, or worse, ends the build and all that it had started."""
    root = small_project(tmp_path / "project", LONG)
    # A shell's background jobs ignore Ctrl-C, and so would the builder, as their heir.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(tmp_path / "site")]
    with subprocess.Popen(command, cwd=root, stderr=subprocess.DEVNULL) as builder:
        token = str(root / "snippet_engine")  # in the path of supervisors and of the probe
        deadline = time.monotonic() + 120
        while len(find_processes(token)) < 20 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(find_processes(token)) >= 20
        builder.send_signal(number)
        assert builder.wait(timeout=60) != 0
    assert is_gone(token)
