"""A panel in motion, and for everybody: marks, replay, keyboard, no script, accessibility."""

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

# On a small page; and threads, and generators, among many others.
SMALL = "index/side-by-side"
SLEEPS = [SMALL, pytest.param("threads/thread-for-each-task", marks=pytest.mark.slow)]
TURNS = [SMALL, pytest.param("taking-turns/two-generators", marks=pytest.mark.slow)]


def opened(monitored: MonitoredPage, name: str) -> Locator:
    """The panel of a snippet, on its page."""
    page = monitored.open(name.partition("/")[0])
    return page.locator(f'section.snippet[data-snippet="{name}"]')


def marked_lanes(section: Locator) -> list[str]:
    """The workers whose lanes are marked."""
    return section.locator("g.lane.is-marked").evaluate_all(
        "lanes => lanes.map(lane => lane.dataset.worker)"
    )


def shown(section: Locator) -> list[str]:
    """The lines of output that a reader sees now."""
    return section.locator(".snippet-output .line").evaluate_all(
        """lines => lines.filter(line => getComputedStyle(line).visibility === "visible")
            .map(line => line.dataset.at)"""
    )


def times_of(section: Locator) -> list[str]:
    """When its lines came, in order."""
    return section.locator(".line").evaluate_all("lines => lines.map(line => line.dataset.at)")


@pytest.mark.parametrize("name", SLEEPS)
def test_a_line_marks_its_lane_and_moment(name: str, monitored: MonitoredPage) -> None:
    """Pointing at a line marks the lane of its writer, and no other."""
    section = opened(monitored, name)
    line = section.locator(".line").nth(3)
    line.hover()
    assert marked_lanes(section) == [line.get_attribute("data-worker")]
    assert section.locator(".moment").first.is_visible()


@pytest.mark.parametrize("name", TURNS)
def test_a_lane_marks_its_lines(name: str, monitored: MonitoredPage) -> None:
    """Pointing at a lane marks the lines that its worker printed."""
    section = opened(monitored, name)
    workers = section.locator(".line").evaluate_all("all => all.map(one => one.dataset.worker)")
    worker = workers[0]
    section.locator(f'.name[data-worker="{worker}"]').hover()
    writers = section.locator(".line.is-marked").evaluate_all(
        "lines => lines.map(line => line.dataset.worker)"
    )
    assert writers == [one for one in workers if one == worker]


@pytest.mark.parametrize("name", SLEEPS)
def test_the_keyboard_marks_as_the_pointer_does(name: str, monitored: MonitoredPage) -> None:
    """Focus on a line marks its lane; the arrows go from line to line."""
    section = opened(monitored, name)
    lines = section.locator(".line")
    lines.first.focus()
    assert marked_lanes(section) == [lines.first.get_attribute("data-worker")]
    monitored.page.keyboard.press("ArrowDown")
    assert marked_lanes(section) == [lines.nth(1).get_attribute("data-worker")]


@pytest.mark.parametrize("name", TURNS)
def test_stepping_shows_the_lines_one_after_another(name: str, monitored: MonitoredPage) -> None:
    """Home hides all lines; each step shows the next, in the order of their times."""
    section = opened(monitored, name)
    times = times_of(section)
    section.locator("button.play").focus()
    monitored.page.keyboard.press("Home")
    assert shown(section) == [at for at in times if float(at) == 0]
    section.locator("button[aria-label='Step to the next line']").click()
    seen = [shown(section)]
    while len(seen[-1]) < len(times):
        monitored.page.keyboard.press("ArrowRight")
        seen.append(shown(section))
        assert len(seen[-1]) > len(seen[-2])
    assert all(lines == times[: len(lines)] for lines in seen)
    monitored.page.keyboard.press("ArrowLeft")
    assert shown(section) == [at for at in times if float(at) < float(times[-1])]


@pytest.mark.parametrize("name", TURNS)
def test_replay_prints_the_lines_at_their_times(name: str, monitored: MonitoredPage) -> None:
    """Played at the speed of the run, a line comes no earlier than it came then."""
    section = opened(monitored, name)
    last = section.locator(".line").last
    at = float(last.get_attribute("data-at"))
    assert at > (0.9 if name == SMALL else 1.9)
    waited = section.evaluate(
        """async (section) => {
            const last = [...section.querySelectorAll(".line")].at(-1);
            section.querySelector("button.play").click();
            const began = performance.now();
            const coming = () => last.classList.contains("is-coming");
            if (!coming()) return -1;
            while (coming()) await new Promise(requestAnimationFrame);
            return (performance.now() - began) / 1000;
        }"""
    )
    assert waited >= at - 0.1
    section.locator("button.play:has-text('Replay')").wait_for()
    assert len(shown(section)) == section.locator(".line").count()


@pytest.mark.parametrize("name", TURNS)
def test_space_plays_and_pauses_and_the_speed_changes(name: str, monitored: MonitoredPage) -> None:
    """Space starts and stops the replay; the speed goes round."""
    section = opened(monitored, name)
    section.locator(".line").first.focus()
    monitored.page.keyboard.press("Space")
    play = section.locator("button.play")
    assert play.inner_text() == "Pause"
    section.locator("input[type=range]").focus()
    monitored.page.keyboard.press("Space")
    assert play.inner_text() == "Replay"
    speed = section.locator("button.speed")
    seen = set()
    for _ in range(3):
        seen.add(speed.get_attribute("value"))
        speed.click()
    assert seen == {"0.5", "1", "2"}


@pytest.mark.parametrize("name", SLEEPS)
def test_nothing_plays_by_itself(name: str, monitored: MonitoredPage) -> None:
    """An opened page shows every line at once and stands still."""
    section = opened(monitored, name)
    monitored.page.wait_for_timeout(300)
    assert shown(section) == times_of(section) != []
    assert section.locator(".playhead").first.is_hidden()


@pytest.mark.parametrize("name", TURNS)
def test_who_asked_for_less_motion_sees_the_playhead_jump(
    name: str, monitored: MonitoredPage
) -> None:
    """With reduced motion the playhead stands at lines and at the end only, never between."""
    monitored.page.emulate_media(reduced_motion="reduce")
    section = opened(monitored, name)
    times = [float(at) for at in times_of(section)]
    until = float(section.locator(".snippet-stage").get_attribute("data-until"))
    section.locator("button.play").click()
    for _ in range(5):
        monitored.page.wait_for_timeout(100)
        seen = float(section.locator("input[type=range]").input_value())
        assert min(abs(seen - at) for at in [0, *times, until]) <= until / 200


@pytest.mark.parametrize("chapter", ["index", pytest.param("threads", marks=pytest.mark.slow)])
def test_all_is_there_without_a_script(chapter: str, browser: Browser, site: str) -> None:
    """Code, lanes, output and facts are readable with JavaScript turned off."""
    context = browser.new_context(java_script_enabled=False)
    page = MonitoredPage(context.new_page(), site).open(chapter)
    seen = page.locator("section.snippet").evaluate_all(
        f"""sections => sections.flatMap(section => [
            ...[".highlight", "svg.snippet-timeline", ".snippet-output", ".snippet-facts"]
                .map(part => section.querySelector(part)),
            ...section.querySelectorAll(".line"),
        ].map({IS_VISIBLE}))"""
    )
    assert seen
    assert all(seen)
    assert page.locator("button.play").count() == 0
    context.close()


def test_the_landing_page_links_each_way_to_its_panel(site: str) -> None:
    """Each of the eight rows leads to the panel of the program that it shows."""
    page = read_page(site, "index")
    [rows] = page.select("section", "comparison")
    links = [link.attributes["href"] for link in page.select("a", inside=rows)]
    assert len(links) == 8
    for link in links:
        chapter, _, place = link.partition("#")
        panels = read_page(site, chapter.strip("/") or "index").select("section", "snippet")
        assert place in [panel.attributes["id"] for panel in panels]


# The first page has a panel too; the gallery has a test of its own.
@pytest.mark.parametrize(
    "chapter",
    ["index", *(pytest.param(one, marks=pytest.mark.slow) for one in PAGES if one != "index")],
)
def test_axe_finds_no_violation(chapter: str, context: BrowserContext, site: str) -> None:
    """axe-core finds nothing wrong on any page, in light and in dark."""
    with monitor(context.new_page(), site) as monitored:
        assert find_violations_in_both_schemes(monitored.open(chapter)) == {"light": [], "dark": []}
