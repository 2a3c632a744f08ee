# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A timeout cancels what it encloses"
#
# [[tool.snippet.guarantees]]
# says = "An answer."
# never = 'answer: 42'
#
# [tool.snippet.claims]
# seconds = { min = 0.35 }
# ///
from asyncio import CancelledError, run, sleep, timeout


async def answer():
    try:
        await sleep(10)
        return 42
    except CancelledError as error:
        print(f"inside: {error!r}")
        raise
    finally:
        print("inside: finally")


async def main():
    try:
        async with timeout(0.3):
            print(f"answer: {await answer()}")
    except TimeoutError as error:
        print(f"outside: {error!r}")


run(main())
#: output
#> inside: CancelledError()
#> inside: finally
#> outside: TimeoutError()
