"""`make audit`: the built site as Lighthouse, axe, the Nu checker and a phone see it."""

from __future__ import annotations

import sys
from pathlib import Path

from helpers.browser import CHROMIUM, FLAGS, serve
from lighthouse import LEAST, scores, slowdown
from nu import faults
from pages import broken_rules, weight
from playwright.sync_api import sync_playwright
from scrolling import LEAST as LEAST_SMOOTH
from scrolling import smooth
from serving import Compressed

LOOKED_AT = ("", "processes/", "gallery/")  # landing, longest chapter, gallery


def main(site: Path) -> int:
    """Look at the site in the folder `site`; 1 where something falls short."""
    wrong = [f"Nu: {fault}" for fault in faults(site)]
    folders = (path.parent.relative_to(site).as_posix() for path in site.glob("**/index.html"))
    addresses = sorted(folder.removeprefix(".") for folder in folders)
    with serve(site, Compressed) as host:
        root = f"{host}/"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for name in addresses:
                measured = weight(browser, root + name + ("/" if name else ""))
                print(f"{name or 'index':<20} {measured}")
                if measured.heavy:
                    wrong.append(f"weight: {name or 'index'}: {measured}")
                wrong += broken_rules(browser, root + name + ("/" if name else ""))
            share = smooth(browser, f"{root}threads/", site)
            print(f"{'scrolling':<20} {share:.0%} of the frames in time")
            if share < LEAST_SMOOTH:
                wrong.append(f"scrolling: {share:.0%} of the frames in time")
            browser.close()
        slower = slowdown(root, CHROMIUM)
        print(f"a phone is {slower} times slower than this machine")
        for name in LOOKED_AT:
            for form in ("phone", "desktop"):
                found = scores(root + name, form, CHROMIUM, slower)
                print(f"{name or 'index':<20} {form:<8} {found}")
                wrong += [
                    f"Lighthouse: {name or 'index'} on a {form}: {what} {found[what]}, not {least}"
                    for what, least in LEAST.items()
                    if found[what] < least
                ]
    print("\n".join(wrong) or "nothing falls short")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
