"""A panel in motion, and for everybody: marks, replay, keyboard, no script, accessibility."""

from __future__ import annotations

import pytest
from browser import PAGES, Watched, violations
from playwright.sync_api import Browser, Locator, Page

ONE_SLEEP = "threads/thread-for-each-task"
TURNS = "taking-turns/two-generators"


def panel(page: Page, name: str) -> Locator:
    """The panel of one snippet."""
    return page.locator(f'section.snippet[data-snippet="{name}"]')


def marked_lanes(section: Locator) -> list[str]:
    """The workers whose lanes are marked."""
    return section.locator("g.lane.is-marked").evaluate_all(
        "lanes => lanes.map(lane => lane.dataset.worker)"
    )


def shown(section: Locator) -> list[str]:
    """The lines of output that a reader sees now."""
    lines = section.locator(".snippet-output .line")
    return [
        line.get_attribute("data-at")
        for line in lines.all()
        if line.evaluate("node => getComputedStyle(node).visibility") == "visible"
    ]


def test_a_line_marks_its_lane_and_moment(watched: Watched) -> None:
    """Pointing at a line marks the lane of its writer, and no other."""
    section = panel(watched.open("threads"), ONE_SLEEP)
    line = section.locator(".line").nth(3)
    line.hover()
    assert marked_lanes(section) == [line.get_attribute("data-worker")]
    assert section.locator(".moment").first.is_visible()


def test_a_lane_marks_its_lines(watched: Watched) -> None:
    """Pointing at a lane marks the lines that its worker printed."""
    section = panel(watched.open("taking-turns"), TURNS)
    worker = section.locator(".line").first.get_attribute("data-worker")
    section.locator(f'.name[data-worker="{worker}"]').hover()
    writers = section.locator(".line.is-marked").evaluate_all(
        "lines => lines.map(line => line.dataset.worker)"
    )
    assert writers == [worker, worker]


def test_the_keyboard_marks_as_the_pointer_does(watched: Watched) -> None:
    """Focus on a line marks its lane; the arrows go from line to line."""
    section = panel(watched.open("threads"), ONE_SLEEP)
    lines = section.locator(".line")
    lines.first.focus()
    assert marked_lanes(section) == [lines.first.get_attribute("data-worker")]
    watched.page.keyboard.press("ArrowDown")
    assert marked_lanes(section) == [lines.nth(1).get_attribute("data-worker")]


def test_stepping_shows_the_lines_one_after_another(watched: Watched) -> None:
    """Home hides all lines; each step shows the next, in the order of their times."""
    section = panel(watched.open("taking-turns"), TURNS)
    times = [line.get_attribute("data-at") for line in section.locator(".line").all()]
    section.locator("button.play").focus()
    watched.page.keyboard.press("Home")
    assert shown(section) == [at for at in times if float(at) == 0]
    section.locator("button[aria-label='Step to the next line']").click()
    seen = [shown(section)]
    while len(seen[-1]) < len(times):
        watched.page.keyboard.press("ArrowRight")
        seen.append(shown(section))
        assert len(seen[-1]) > len(seen[-2])
    assert all(lines == times[: len(lines)] for lines in seen)
    watched.page.keyboard.press("ArrowLeft")
    assert 0 < len(shown(section)) < len(times)


def test_replay_prints_the_lines_at_their_times(watched: Watched) -> None:
    """Played at the speed of the run, a line comes no earlier than it came then."""
    section = panel(watched.open("taking-turns"), TURNS)
    last = section.locator(".line").last
    at = float(last.get_attribute("data-at"))
    assert at > 1.9
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


def test_space_plays_and_pauses_and_the_speed_changes(watched: Watched) -> None:
    """Space starts and stops the replay; the speed goes round."""
    section = panel(watched.open("taking-turns"), TURNS)
    section.locator(".line").first.focus()
    watched.page.keyboard.press("Space")
    play = section.locator("button.play")
    assert play.inner_text() == "Pause"
    section.locator("input[type=range]").focus()
    watched.page.keyboard.press("Space")
    assert play.inner_text() == "Replay"
    speed = section.locator("button.speed")
    seen = set()
    for _ in range(3):
        seen.add(speed.get_attribute("value"))
        speed.click()
    assert seen == {"0.5", "1", "2"}


def test_nothing_plays_by_itself(watched: Watched) -> None:
    """An opened page shows every line at once and stands still."""
    section = panel(watched.open("threads"), ONE_SLEEP)
    watched.page.wait_for_timeout(300)
    assert len(shown(section)) == 9
    assert section.locator(".playhead").first.is_hidden()


def test_who_asked_for_less_motion_sees_the_playhead_jump(browser: Browser, site: str) -> None:
    """With reduced motion the playhead stands at lines only, never between."""
    context = browser.new_context(reduced_motion="reduce")
    page = Watched(context.new_page(), site).open("taking-turns")
    section = panel(page, TURNS)
    times = [float(line.get_attribute("data-at")) for line in section.locator(".line").all()]
    until = float(section.locator(".snippet-stage").get_attribute("data-until"))
    section.locator("button.play").click()
    for _ in range(5):
        page.wait_for_timeout(100)
        seen = float(section.locator("input[type=range]").input_value())
        assert min(abs(seen - at) for at in [0, *times]) <= until / 200
    context.close()


@pytest.mark.parametrize("chapter", ["index", "threads"])
def test_all_is_there_without_a_script(chapter: str, browser: Browser, site: str) -> None:
    """Code, lanes, output and facts are readable with JavaScript turned off."""
    context = browser.new_context(java_script_enabled=False)
    page = Watched(context.new_page(), site).open(chapter)
    for section in page.locator("section.snippet").all():
        for part in (".highlight", "svg.snippet-timeline", ".snippet-output", ".snippet-facts"):
            assert section.locator(part).first.is_visible()
        for line in section.locator(".line").all():
            assert line.is_visible()
    assert page.locator("button.play").count() == 0
    context.close()


def test_the_landing_page_links_each_way_to_its_panel(watched: Watched) -> None:
    """Each of the eight rows leads to the panel of the program that it shows."""
    page = watched.open("index")
    links = page.locator(".comparison a").evaluate_all("links => links.map(link => link.href)")
    assert len(links) == 8
    for link in links:
        page.goto(link)
        assert page.locator(f'[id="{link.partition("#")[2]}"].snippet').is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("chapter", PAGES)
def test_axe_finds_no_violation(chapter: str, scheme: str, browser: Browser, site: str) -> None:
    """axe-core finds nothing wrong on any page, in light and in dark."""
    context = browser.new_context(color_scheme=scheme)
    page = Watched(context.new_page(), site).open(chapter)
    found = violations(page)
    context.close()
    assert found == []
