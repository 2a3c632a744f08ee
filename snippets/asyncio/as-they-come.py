# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "In the order asked, and as they come"
#
# [tool.snippet.claims]
# seconds = { min = 0.75 }
# ///
from asyncio import as_completed, gather, run, sleep


async def fetch(name, seconds):
    await sleep(seconds)
    return name


def requests():
    return [
        fetch("slow", 0.4),
        fetch("quick", 0.1),
        fetch("middling", 0.2),
    ]


async def main():
    print("gather:", await gather(*requests()))
    for first in as_completed(requests()):
        print("as completed:", await first)


run(main())
#: output
#> gather: ['slow', 'quick', 'middling']
#> as completed: quick
#> as completed: middling
#> as completed: slow
