"""The gallery in a browser: filter, sorting, keyboard, and links."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from urllib.request import urlopen

import pytest
from helpers.browser import (
    IS_VISIBLE,
    MonitoredPage,
    build_site,
    find_violations_in_both_schemes,
    force_layout,
    monitor,
    serve_folder,
)
from helpers.built_page import read_page
from helpers.programs import build_text
from helpers.projects import format_fence, make_small_project
from helpers.repository import PROJECT, ROOT, MakeOnce

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext
    from playwright.sync_api import Page as BrowserPage


NEWER = build_text("pass\n").replace("script\n", 'script\n# requires-python = ">=3.99"\n', 1)


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
    """The URL of a site of a few programs, built with `--strict`."""

    def make(target: Path) -> None:
        root = make_small_project(tmp_path_factory.mktemp("project"), [])
        names = [*PROGRAMS, "threads/newer"]
        for page in (root / "docs").glob("*.md"):
            if page.stem in ("gallery", "coverage"):
                shutil.copy(ROOT / "docs" / page.name, page)
            else:
                fences = [format_fence(name) for name in names if name.startswith(f"{page.stem}/")]
                page.write_text("\n".join([f"# {page.stem}\n", *fences]))
        for name, code in PROGRAMS.items():
            path = root / f"snippets/{name}.py"
            path.parent.mkdir(parents=True)
            text = build_text(code, recording="#: output\n")
            path.write_text(text.replace('title = "', f'title = "{path.stem}: '))
        (root / "snippets/threads/newer.py").write_text(NEWER)
        result = build_site(root, target)
        assert result.returncode == 0, result.stderr

    with serve_folder(make_once("small-site", make)) as address:
        yield address


@pytest.fixture
def small_page(shared_page: BrowserPage, small_site: str) -> Iterator[MonitoredPage]:
    """A monitored page of the small_page site."""
    with monitor(shared_page, small_site) as monitored:
        yield monitored


def list_visible_programs(page: BrowserPage) -> list[str]:
    """Return the visible programs, the same in the pictures and in the table."""
    lists = [
        page.locator(selector).evaluate_all(
            f"all => all.filter({IS_VISIBLE}).map(node => node.dataset.snippet)"
        )
        for selector in (".exhibit", ".gallery-table tbody tr")
    ]
    assert sorted(lists[0]) == sorted(lists[1])
    return lists[0]


def press_button(page: BrowserPage, tag: str) -> None:
    """Press the button of `tag`."""
    page.locator(f'.gallery-filter button[value="{tag}"]').click()


def read_status(page: BrowserPage) -> str:
    """Return the text of the live region."""
    return page.locator(".gallery [role=status]").inner_text()


EVERY = [
    "one-at-a-time/loop",
    "threads/newer",
    "threads/two-waits",
    "queues/hand-over",
    "asyncio/two-tasks",
]


def test_button_filters_by_its_tag_until_it_is_pressed_again(small_page: MonitoredPage) -> None:
    page = small_page.open("gallery")
    assert list_visible_programs(page) == EVERY
    assert read_status(page) == "5 programs"
    press_button(page, "thread")
    assert list_visible_programs(page) == ["threads/two-waits", "queues/hand-over"]
    assert read_status(page) == "2 of 5 programs"
    button = page.locator('.gallery-filter button[value="thread"]')
    assert button.get_attribute("aria-pressed") == "true"
    titles = page.locator("h2:visible").all_inner_texts()
    assert titles == ["Threads", "Queues and pickles", "Times"]
    press_button(page, "thread")
    assert list_visible_programs(page) == EVERY
    assert button.get_attribute("aria-pressed") == "false"


def test_buttons_combine_and_show_how_many_programs_remain(small_page: MonitoredPage) -> None:
    page = small_page.open("gallery")
    press_button(page, "thread")
    press_button(page, "queue")
    assert list_visible_programs(page) == ["queues/hand-over"]
    left = page.locator('.gallery-filter button[value="asyncio"]')
    assert left.inner_text() == "asyncio 0"
    assert "is-vain" in left.get_attribute("class")
    press_button(page, "asyncio")
    assert list_visible_programs(page) == []
    assert read_status(page) == "0 of 5 programs"
    assert page.locator(".gallery-none").is_visible()
    assert page.locator(".gallery-times").is_hidden()
    page.locator(".gallery-all").click()
    assert list_visible_programs(page) == EVERY
    assert page.locator(".gallery-none").is_hidden()
    assert page.evaluate("document.activeElement.closest('.gallery-filter') !== null")


def test_filter_and_order_are_part_of_the_url(small_page: MonitoredPage) -> None:
    page = small_page.open("gallery")
    press_button(page, "thread")
    page.locator(".gallery-names summary").click()
    press_button(page, "queue.Queue")
    page.locator("th[data-column=seconds] button").click()
    assert page.url.endswith("/gallery/#show=thread,queue.Queue&sort=-seconds")
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    assert list_visible_programs(page) == ["queues/hand-over"]
    assert page.locator("th[data-column=seconds]").get_attribute("aria-sort") == "descending"
    assert page.locator('.gallery-filter button[value="queue.Queue"]').is_visible()
    page.locator(".gallery-all").click()
    page.locator("th[data-column=seconds] button").click(click_count=2)
    assert page.url.endswith("/gallery/")


def test_changed_hash_is_followed_and_unknown_tags_are_ignored(small_page: MonitoredPage) -> None:
    page = small_page.open("gallery")
    page.evaluate("location.hash = '#show=task'")
    page.wait_for_function("document.querySelector('[aria-pressed=true]')?.value === 'task'")
    assert list_visible_programs(page) == ["asyncio/two-tasks"]
    page.evaluate("location.hash = '#gallery-times'")
    page.evaluate("location.hash = '#show=%22%5D,none,waiting&sort=-none'")
    page.wait_for_function("document.querySelector('[aria-pressed=true]')?.value === 'waiting'")
    assert len(list_visible_programs(page)) == 4


def test_heading_sorts_descending_then_ascending_then_by_chapter(small_page: MonitoredPage) -> None:
    """Programs without a value are last."""
    page = small_page.open("gallery")
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


def test_buttons_work_by_keyboard_and_keep_the_focus(small_page: MonitoredPage) -> None:
    page = small_page.open("gallery")
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


def test_without_scripts_everything_is_listed_and_no_button_shown(
    browser: Browser, small_site: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = MonitoredPage(context.new_page(), small_site).open("gallery")
    assert list_visible_programs(page) == EVERY
    buttons = page.locator(".gallery button").evaluate_all(f"all => all.map({IS_VISIBLE})")
    assert not any(buttons)
    pictures = page.locator(".exhibit svg[role=img]").evaluate_all(f"all => all.map({IS_VISIBLE})")
    assert all(pictures)
    context.close()


def test_search_finds_programs_on_their_own_pages(small_site: str) -> None:
    """The gallery repeats titles, so it is not searched."""
    with urlopen(f"{small_site}/search/search_index.json") as answer:
        index = json.load(answer)
    texts = {doc["location"]: doc["text"] for doc in index["docs"]}
    assert "two-waits" not in texts["gallery/"]
    assert not any(location.startswith("gallery/#") for location in texts)
    assert "Thread" in texts["coverage/#threading"]


@pytest.mark.parametrize("page_name", ["gallery", pytest.param("coverage", marks=pytest.mark.slow)])
def test_page_fits_a_screen_of_360_pixels(page_name: str, small_page: MonitoredPage) -> None:
    small_page.page.set_viewport_size({"width": 360, "height": 740})
    page = small_page.open(page_name)
    force_layout(page)
    page.evaluate("document.querySelectorAll('details').forEach(node => node.open = true)")
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
def test_axe_finds_no_violation_with_filter_and_order(
    address: str, context: BrowserContext, small_site: str
) -> None:
    page = context.new_page()
    page.goto(f"{small_site}/{address}", wait_until="load")
    page.evaluate("document.querySelectorAll('details').forEach(node => node.open = true)")
    assert find_violations_in_both_schemes(page) == {"light": [], "dark": []}


@pytest.mark.parametrize("page_name", ["gallery", "coverage"])
def test_every_link_to_a_panel_has_a_target(page_name: str, site: str) -> None:
    page = read_page(site, page_name)
    if page_name == "gallery":
        cards = page.select("li", "exhibit")
        names = {card.attributes["data-snippet"] for card in cards}
        assert names == set(PROJECT.names())
    [content] = page.select("article", "gallery") or page.select("div", "coverage")
    links = {link.attributes["href"] for link in page.select("a", inside=content)}
    parts = {link for link in links if "#" in link and "#show=" not in link}
    assert parts
    for link in parts:
        address, _, part = urljoin(f"/{page_name}/", link).partition("#")
        elements = read_page(site, address.strip("/") or "index").elements
        assert part in [attrs.get("id") for _, attrs, _ in elements], link
