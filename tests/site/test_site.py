"""The built site, served and opened in a browser."""

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
    build_site,
    force_layout,
    get_colour_scheme,
    monitor,
    set_colour_scheme,
)
from helpers.built_page import BuiltPage, read_page
from helpers.processes import find_processes, is_gone, needs_proc
from helpers.projects import make_small_project
from helpers.repository import PROJECT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page


@pytest.mark.parametrize("chapter", PAGES)
def test_page_has_a_panel_for_each_snippet_of_its_chapter(chapter: str, site: str) -> None:
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
        endings |= {"stopped"} if snippet.time_limit else set()  # a declared hang
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
def test_each_table_has_its_own_container(chapter: str, site: str) -> None:
    """The theme wraps tables and restyles their siblings."""
    page = read_page(site, chapter)
    [article] = page.select("article", "md-content__inner")
    containers = {div.number for div in page.select("div", inside=article)}
    for table in page.select("table", inside=article):
        if "class" not in table.attributes:
            nearest = max(page.ancestors[table.number])
            assert nearest in containers, "put `<div markdown>` around it"


def test_pages_have_only_their_own_scripts(site: str) -> None:
    for chapter in PAGES:
        scripts = read_page(site, chapter).select("script")
        paths = [(script.attributes.get("src") or "").rpartition("/") for script in scripts]
        own = [name for folder, _, name in paths if folder.endswith("assets")]
        assert own == ["titles.js", "snippets.js", *["gallery.js"] * (chapter == "gallery")]


def test_each_source_block_is_on_the_site_once(site: str) -> None:
    numbers = [
        int(panel.attributes["data-source"])
        for chapter in {name.partition("/")[0] for name in PROJECT.names()}
        for panel in read_page(site, chapter).select("section", "snippet")
        if "data-source" in panel.attributes
    ]
    assert sorted(numbers) == list(range(1, 18))


def test_search_finds_a_word_of_a_program(shared_page: Page, searchable_site: str) -> None:
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
def test_copy_button_copies_only_the_program(name: str, monitored: MonitoredPage) -> None:
    page = monitored.open(name.partition("/")[0])
    panel = page.locator(f'section.snippet[data-snippet="{name}"]')
    block, button = panel.locator(".highlight"), panel.get_by_title("Copy to clipboard")
    block.hover()
    box, container = button.bounding_box(), block.bounding_box()
    assert box
    assert container
    assert container["y"] < box["y"] < container["y"] + 60
    assert box["x"] + box["width"] < container["x"] + container["width"]
    button.click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.length > 0)")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == PROJECT.read(name).code.strip()


def test_line_numbers_of_panel_and_traceback_agree(site: str) -> None:
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
    spans.sort(key=lambda span: span.number)
    numbers = [int(span.attributes["data-linenos"]) for span in spans]
    assert numbers == [*range(1, len(code.text.splitlines()) + 1)]
    assert "dumps(conn)" in code.text.splitlines()[number - 1]


@pytest.fixture(scope="module")
def phone(browser: Browser, site: str) -> Iterator[MonitoredPage]:
    """A page on a phone with a dark colour scheme."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark")
    yield MonitoredPage(context.new_page(), site)
    context.close()


def test_colour_scheme_follows_the_system(monitored: MonitoredPage, phone: MonitoredPage) -> None:
    assert get_colour_scheme(monitored.open("glossary")) == "default"
    assert get_colour_scheme(phone.open("glossary")) == "slate"


PAPER_IN_DARK = "rgb(20, 24, 29)"


def test_chosen_colour_scheme_is_kept(context: BrowserContext, site: str) -> None:
    """On other pages, and if the scheme of the system changes."""
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


def test_dark_scheme_needs_no_script(browser: Browser, site: str) -> None:
    """The page is never light before scripts are loaded."""
    context = browser.new_context(color_scheme="dark")
    context.route("**/*.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{site}/glossary/")
    assert get_colour_scheme(page) == "slate"
    context.close()


def test_only_wide_code_can_be_focused(context: BrowserContext, site: str) -> None:
    """To be scrolled with the keyboard."""
    with monitor(context.new_page(), site) as monitored:
        page = monitored.open("one-at-a-time")
        code = "#one-at-a-time-three-computations .highlight code"
        for width, state in ((360, "[tabindex='0']"), (1280, ":not([tabindex])")):
            page.set_viewport_size({"width": width, "height": 740})
            page.locator(code).scroll_into_view_if_needed()
            page.locator(f"{code}{state}").wait_for()


# Fast to load: a page of prose, with one panel, with many, and with pictures and a table.
FAST_PAGES = {"about/performance", "index", "one-at-a-time", "gallery"}


@pytest.mark.parametrize(
    "chapter",
    [page if page in FAST_PAGES else pytest.param(page, marks=pytest.mark.slow) for page in PAGES],
)
def test_page_does_not_scroll_horizontally_on_a_phone(chapter: str, phone: MonitoredPage) -> None:
    phone.faults.clear()
    page = phone.open(chapter)
    force_layout(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    visible = page.locator("section.snippet").evaluate_all(
        f"sections => sections.map({IS_VISIBLE})"
    )
    assert all(visible)
    assert phone.faults == []


def test_times_are_not_wrapped(monitored: MonitoredPage) -> None:
    time = monitored.open("one-at-a-time").locator(".snippet .meta time").first
    heights = time.evaluate(
        "time => ['8 s', '88.8 ms', '888 ms'].map("
        "text => { time.textContent = text; return time.offsetHeight })"
    )
    assert heights[0] > 0
    assert len({*heights}) == 1


def test_unknown_url_has_a_page_with_links(site: str) -> None:
    with pytest.raises(HTTPError) as error:
        urlopen(f"{site}/no/such/page/")
    with error.value as page:
        assert page.code == 404
        links = BuiltPage(page.read().decode()).select("a")
    assert len([link for link in links if "href" in link.attributes]) > 3


@pytest.mark.site
def test_faults_fail_the_build_with_warnings(tmp_path: Path) -> None:
    """A different output, invalid metadata, an unknown name and a dead anchor."""
    names = ["one-at-a-time/take-a-look", "queues/import-queue", "locks/without-a-lock"]
    root = make_small_project(tmp_path / "project", names)
    first = root / "snippets/one-at-a-time/take-a-look.py"
    first.write_text(first.read_text().replace("#> Let's", "#> Let us"))
    second = root / "snippets/queues/import-queue.py"
    second.write_text(second.read_text().replace("# title", "# titel"))  # codespell:ignore
    page = root / "docs/locks.md"
    page.write_text(
        page.read_text().replace("without-a-lock", "no-such") + "\n[x](threads.md#no)\n"
    )
    result = build_site(root, tmp_path / "site")
    assert result.returncode != 0
    log = result.stdout + result.stderr
    assert "snippets/one-at-a-time/take-a-look.py: its output differs" in log
    assert "-Let us take a look!" in log
    assert "Hint: if the new output is right, run `make record NAME=" in log
    assert "snippets/queues/import-queue.py:6: unknown key 'titel'; did you mean 'title'?" in log
    assert "docs/locks.md:5: there is no snippet 'locks/no-such'; " in log
    assert "does not contain an anchor '#no'" in log
    assert "Aborted with 4 warnings" in log


@pytest.mark.slow
def test_links_to_sources_need_the_url_of_the_repository(tmp_path: Path, site: str) -> None:
    root = make_small_project(tmp_path / "project", ["threads/thread-pool"])
    known = {"REPO_URL": "https://github.com/o/r", "EDIT_URI": "edit/main/docs/"}
    result = build_site(root, tmp_path / "site", **known)
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


# Programs that take seconds, most of them with child processes.
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
def test_interrupted_build_leaves_no_process(number: int, tmp_path: Path) -> None:
    root = make_small_project(tmp_path / "project", LONG)
    # The build would inherit an ignored SIGINT, as in a background job of a shell.
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
