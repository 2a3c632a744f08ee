"""What a title says more is shown to whoever points at it, or comes to it with the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers.browser import DESKTOP, MonitoredPage, expect, force_layout

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

SAID = "[role=tooltip].md-tooltip2--active"


@pytest.fixture
def page(monitored: MonitoredPage) -> Page:
    """A chapter with numbers that were measured."""
    return monitored.open("processes")


def said_of(page: Page) -> Locator:
    return page.locator(SAID)


def test_a_title_is_shown_while_the_pointer_is_there(page: Page) -> None:
    """The browser does not show it as well; and when it is gone, all is as before."""
    number = page.locator(".measured").first
    title = number.get_attribute("title")
    number.hover()
    expect(said_of(page)).to_have_text(title or "")
    assert number.get_attribute("title") is None
    assert number.get_attribute("aria-describedby") == said_of(page).get_attribute("id")
    page.mouse.move(2, 2)
    expect(said_of(page)).to_have_count(0)
    assert number.get_attribute("title") == title
    assert number.get_attribute("aria-describedby") is None


def test_one_title_gives_way_to_the_next(page: Page) -> None:
    """No two are shown at once, and the first is whole again."""
    first, second = page.locator(".measured").all()[:2]
    title, next_title = first.get_attribute("title"), second.get_attribute("title")
    assert title != next_title
    first.hover()
    expect(said_of(page)).to_have_text(title or "")
    second.hover()
    expect(said_of(page)).to_have_text(next_title or "")
    expect(said_of(page)).to_have_count(1)
    assert first.get_attribute("title") == title


def test_the_keys_show_it_and_escape_hides_it(page: Page) -> None:
    """What has the focus keeps it."""
    name = page.locator(".snippet .name[tabindex='0']").first
    title = name.get_attribute("title")
    name.focus()
    expect(said_of(page)).to_have_text(title or "")
    page.keyboard.press("Escape")
    expect(said_of(page)).to_have_count(0)
    expect(name).to_be_focused()
    assert name.get_attribute("title") == title


@pytest.mark.parametrize(("block", "above"), [("center", False), ("end", True)])
def test_it_is_seen_wherever_its_host_stands(block: str, above: bool, page: Page) -> None:
    """Below it, or above where there is no room."""
    force_layout(page)
    number = page.locator(".measured").first
    options = f"{{ block: '{block}', behavior: 'instant' }}"
    number.evaluate(f"element => element.scrollIntoView({options})")
    number.hover()
    expect(said_of(page)).to_have_count(1)
    shown = said_of(page).locator("div").bounding_box()
    host = number.bounding_box()
    assert shown
    assert host
    assert (shown["y"] < host["y"]) is above
    assert shown["x"] >= 0
    assert shown["x"] + shown["width"] <= DESKTOP["width"]
    assert shown["y"] >= 0
    assert shown["y"] + shown["height"] <= DESKTOP["height"]
