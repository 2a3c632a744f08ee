"""Tooltips for the pointer and the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from helpers.browser import DESKTOP, MonitoredPage, expect, force_layout

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

TOOLTIP = "[role=tooltip].md-tooltip2--active"


@pytest.fixture
def page(monitored: MonitoredPage) -> Page:
    """A page with measured numbers."""
    return monitored.open("processes")


def find_tooltip(page: Page) -> Locator:
    return page.locator(TOOLTIP)


def test_tooltip_is_visible_while_the_pointer_is_on_its_element(page: Page) -> None:
    """Meanwhile the `title` is removed, so that the browser shows no second one."""
    number = page.locator(".measured").first
    title = number.get_attribute("title")
    number.hover()
    expect(find_tooltip(page)).to_have_text(title or "")
    assert number.get_attribute("title") is None
    assert number.get_attribute("aria-describedby") == find_tooltip(page).get_attribute("id")
    page.mouse.move(2, 2)
    expect(find_tooltip(page)).to_have_count(0)
    assert number.get_attribute("title") == title
    assert number.get_attribute("aria-describedby") is None


def test_only_one_tooltip_is_visible(page: Page) -> None:
    first, second = page.locator(".measured").all()[:2]
    title, next_title = first.get_attribute("title"), second.get_attribute("title")
    assert title != next_title
    first.hover()
    expect(find_tooltip(page)).to_have_text(title or "")
    second.hover()
    expect(find_tooltip(page)).to_have_text(next_title or "")
    expect(find_tooltip(page)).to_have_count(1)
    assert first.get_attribute("title") == title


def test_focus_shows_the_tooltip_and_escape_hides_it(page: Page) -> None:
    name = page.locator(".snippet .name[tabindex='0']").first
    title = name.get_attribute("title")
    name.focus()
    expect(find_tooltip(page)).to_have_text(title or "")
    page.keyboard.press("Escape")
    expect(find_tooltip(page)).to_have_count(0)
    expect(name).to_be_focused()
    assert name.get_attribute("title") == title


@pytest.mark.parametrize(("block", "above"), [("center", False), ("end", True)])
def test_tooltip_stays_within_the_window(block: str, above: bool, page: Page) -> None:
    """Below its element, or above if there is no room."""
    force_layout(page)
    number = page.locator(".measured").first
    options = f"{{ block: '{block}', behavior: 'instant' }}"
    number.evaluate(f"element => element.scrollIntoView({options})")
    number.hover()
    expect(find_tooltip(page)).to_have_count(1)
    tooltip = find_tooltip(page).locator("div").bounding_box()
    host = number.bounding_box()
    assert tooltip
    assert host
    assert (tooltip["y"] < host["y"]) is above
    assert tooltip["x"] >= 0
    assert tooltip["x"] + tooltip["width"] <= DESKTOP["width"]
    assert tooltip["y"] >= 0
    assert tooltip["y"] + tooltip["height"] <= DESKTOP["height"]
