"""Highlighting, replay, keyboard and accessibility of panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers.browser import (
    IS_VISIBLE,
    PAGES,
    MonitoredPage,
    find_violations_in_both_schemes,
    monitor,
)
from helpers.built_page import read_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator

# A panel on a small page, and panels of threads and generators on large pages.
SMALL = "index/side-by-side"
SLEEPS = [SMALL, pytest.param("threads/thread-for-each-task", marks=pytest.mark.slow)]
TURNS = [SMALL, pytest.param("taking-turns/two-generators", marks=pytest.mark.slow)]


def open_panel(monitored: MonitoredPage, name: str) -> Locator:
    """Open the page of a snippet and return its panel."""
    page = monitored.open(name.partition("/")[0])
    return page.locator(f'section.snippet[data-snippet="{name}"]')


def find_marked_lanes(section: Locator) -> list[str]:
    """Return the workers of the marked lanes."""
    return section.locator("g.lane.is-marked").evaluate_all(
        "lanes => lanes.map(lane => lane.dataset.worker)"
    )


def find_visible_lines(section: Locator) -> list[str]:
    """Return the times of the visible lines of output."""
    return section.locator(".snippet-output .line").evaluate_all(
        """lines => lines.filter(line => getComputedStyle(line).visibility === "visible")
            .map(line => line.dataset.at)"""
    )


def read_line_times(section: Locator) -> list[str]:
    """Return the times of all lines in order."""
    return section.locator(".line").evaluate_all("lines => lines.map(line => line.dataset.at)")


@pytest.mark.parametrize("name", SLEEPS)
def test_hovering_a_line_marks_its_lane_and_time(name: str, monitored: MonitoredPage) -> None:
    section = open_panel(monitored, name)
    line = section.locator(".line").nth(3)
    line.hover()
    assert find_marked_lanes(section) == [line.get_attribute("data-worker")]
    assert section.locator(".moment").first.is_visible()


@pytest.mark.parametrize("name", TURNS)
def test_hovering_a_lane_marks_its_lines(name: str, monitored: MonitoredPage) -> None:
    section = open_panel(monitored, name)
    workers = section.locator(".line").evaluate_all(
        "lines => lines.map(line => line.dataset.worker)"
    )
    worker = workers[0]
    section.locator(f'.name[data-worker="{worker}"]').hover()
    writers = section.locator(".line.is-marked").evaluate_all(
        "lines => lines.map(line => line.dataset.worker)"
    )
    assert writers == [worker] * workers.count(worker)


@pytest.mark.parametrize("name", SLEEPS)
def test_focus_on_a_line_marks_its_lane(name: str, monitored: MonitoredPage) -> None:
    """The arrow keys move the focus."""
    section = open_panel(monitored, name)
    lines = section.locator(".line")
    lines.first.focus()
    assert find_marked_lanes(section) == [lines.first.get_attribute("data-worker")]
    monitored.page.keyboard.press("ArrowDown")
    assert find_marked_lanes(section) == [lines.nth(1).get_attribute("data-worker")]


@pytest.mark.parametrize("name", TURNS)
def test_stepping_shows_lines_in_order_of_time(name: str, monitored: MonitoredPage) -> None:
    """Home hides all lines."""
    section = open_panel(monitored, name)
    times = read_line_times(section)
    section.locator("button.play").focus()
    monitored.page.keyboard.press("Home")
    assert find_visible_lines(section) == [at for at in times if float(at) == 0]
    section.locator("button[aria-label='Step to the next line']").click()
    steps = [find_visible_lines(section)]
    while len(steps[-1]) < len(times):
        monitored.page.keyboard.press("ArrowRight")
        steps.append(find_visible_lines(section))
        assert len(steps[-1]) > len(steps[-2])
    assert all(lines == times[: len(lines)] for lines in steps)
    monitored.page.keyboard.press("ArrowLeft")
    assert find_visible_lines(section) == [at for at in times if float(at) < float(times[-1])]
    monitored.page.keyboard.press("End")
    monitored.page.keyboard.press("ArrowLeft")  # to the last line
    assert find_visible_lines(section) == times
    assert section.locator(".playhead").first.is_visible()


@pytest.mark.parametrize("name", TURNS)
def test_replay_shows_lines_at_their_times(name: str, monitored: MonitoredPage) -> None:
    section = open_panel(monitored, name)
    last = section.locator(".line").last
    at = float(last.get_attribute("data-at"))
    assert at > (0.9 if name == SMALL else 1.9)
    waited = section.evaluate(
        """async (section) => {
            const last = [...section.querySelectorAll(".line")].at(-1);
            section.querySelector("button.play").click();
            const start = performance.now();
            const isComing = () => last.classList.contains("is-coming");
            if (!isComing()) return -1;
            while (isComing()) await new Promise(requestAnimationFrame);
            return (performance.now() - start) / 1000;
        }"""
    )
    assert waited >= at - 0.1
    section.locator("button.play:has-text('Replay')").wait_for()
    assert len(find_visible_lines(section)) == section.locator(".line").count()


@pytest.mark.parametrize("name", TURNS)
def test_space_starts_and_pauses_the_replay(name: str, monitored: MonitoredPage) -> None:
    """And the button changes the speed."""
    section = open_panel(monitored, name)
    section.locator(".line").first.focus()
    monitored.page.keyboard.press("Space")
    play = section.locator("button.play")
    assert play.inner_text() == "Pause"
    section.locator("input[type=range]").focus()
    monitored.page.keyboard.press("Space")
    assert play.inner_text() == "Replay"
    speed = section.locator("button.speed")
    speeds = set()
    for _ in range(3):
        speeds.add(speed.get_attribute("value"))
        speed.click()
    assert speeds == {"0.5", "1", "2"}
    before = speed.get_attribute("value")
    speed.press("Space")
    assert speed.get_attribute("value") != before
    assert play.inner_text() == "Replay"


def test_controls_are_not_printed(monitored: MonitoredPage) -> None:
    controls = open_panel(monitored, SMALL).locator(".snippet-replay, .snippet-download")
    visible = {"screen": 0, "print": 0}
    for media in ("print", "screen"):
        monitored.page.emulate_media(media=media)
        visible[media] = sum(control.is_visible() for control in controls.all())
    assert visible["screen"] > 0
    assert visible["print"] == 0


@pytest.mark.parametrize("name", SLEEPS)
def test_replay_does_not_start_by_itself(name: str, monitored: MonitoredPage) -> None:
    """All lines are visible."""
    section = open_panel(monitored, name)
    monitored.page.wait_for_timeout(300)
    assert find_visible_lines(section) == read_line_times(section) != []
    assert section.locator(".playhead").first.is_hidden()


@pytest.mark.parametrize("name", TURNS)
def test_playhead_jumps_with_reduced_motion(name: str, monitored: MonitoredPage) -> None:
    """It is only at lines and at the end."""
    monitored.page.emulate_media(reduced_motion="reduce")
    section = open_panel(monitored, name)
    times = [float(at) for at in read_line_times(section)]
    until = float(section.locator(".snippet-stage").get_attribute("data-until"))
    section.locator("button.play").click()
    for _ in range(5):
        monitored.page.wait_for_timeout(100)
        position = float(section.locator("input[type=range]").input_value())
        assert min(abs(position - at) for at in [0, *times, until]) <= until / 200


@pytest.mark.parametrize("chapter", ["index", pytest.param("threads", marks=pytest.mark.slow)])
def test_panels_are_readable_without_javascript(chapter: str, browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = MonitoredPage(context.new_page(), site).open(chapter)
    visible = page.locator("section.snippet").evaluate_all(
        f"""sections => sections.flatMap(section => [
            ...[".highlight", "svg.snippet-timeline", ".snippet-output", ".snippet-facts"]
                .map(part => section.querySelector(part)),
            ...section.querySelectorAll(".line"),
        ].map({IS_VISIBLE}))"""
    )
    assert visible
    assert all(visible)
    assert page.locator("button.play").count() == 0
    context.close()


def test_comparison_on_the_first_page_links_to_panels(site: str) -> None:
    page = read_page(site, "index")
    [rows] = page.select("section", "comparison")
    links = [link.attributes["href"] for link in page.select("a", inside=rows)]
    assert len(links) == 8
    for link in links:
        chapter, _, anchor = link.partition("#")
        panels = read_page(site, chapter.strip("/") or "index").select("section", "snippet")
        assert anchor in [panel.attributes["id"] for panel in panels]


# The first page has a panel too; the gallery has its own test.
@pytest.mark.parametrize(
    "chapter",
    ["index", *(pytest.param(page, marks=pytest.mark.slow) for page in PAGES if page != "index")],
)
def test_axe_finds_no_violations(chapter: str, context: BrowserContext, site: str) -> None:
    """In light and in dark."""
    with monitor(context.new_page(), site) as monitored:
        assert find_violations_in_both_schemes(monitored.open(chapter)) == {"light": [], "dark": []}
