"""`make audit`: check the built site with Lighthouse, axe and the Nu HTML Checker."""

from __future__ import annotations

import sys
from pathlib import Path

from helpers.browser import CHROMIUM, FLAGS, serve_folder
from html_checker import find_faults
from lighthouse import MIN_SCORES, measure_scores, measure_slowdown
from page_weight import find_violations, measure_weight
from playwright.sync_api import sync_playwright
from scrolling import MIN_SHARE, measure_smoothness
from serving import CompressingHandler

SCORED_PAGES = ("", "processes/", "gallery/")  # first page, longest chapter, gallery


def main(site: Path) -> int:
    """Check the site in the folder `site`, print all faults, and return 1 if there are any."""
    faults = [f"Nu: {fault}" for fault in find_faults(site)]
    folders = (path.parent.relative_to(site).as_posix() for path in site.glob("**/index.html"))
    pages = sorted(folder.removeprefix(".") for folder in folders)
    with serve_folder(site, CompressingHandler) as host:
        root = f"{host}/"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for name in pages:
                weight = measure_weight(browser, root + name + ("/" if name else ""))
                print(f"{name or 'index':<20} {weight}")
                if weight.is_excessive:
                    faults.append(f"weight: {name or 'index'}: {weight}")
                faults += find_violations(browser, root + name + ("/" if name else ""))
            share = measure_smoothness(browser, f"{root}threads/", site)
            print(f"{'scrolling':<20} {share:.0%} of the frames in time")
            if share < MIN_SHARE:
                faults.append(f"scrolling: {share:.0%} of the frames in time")
            browser.close()
        slowdown = measure_slowdown(root, CHROMIUM)
        print(f"a phone is {slowdown} times slower than this machine")
        for name in SCORED_PAGES:
            for form in ("phone", "desktop"):
                scores = measure_scores(root + name, form, CHROMIUM, slowdown)
                print(f"{name or 'index':<20} {form:<8} {scores}")
                faults += [
                    f"Lighthouse: {name or 'index'} on a {form}:"
                    f" {category} {scores[category]}, not {least}"
                    for category, least in MIN_SCORES.items()
                    if scores[category] < least
                ]
    print("\n".join(faults) or "no faults found")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
