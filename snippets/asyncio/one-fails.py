# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "One task fails, its siblings are cancelled"
# lines = "any-order"
#
# [[tool.snippet.guarantees]]
# says = "A sibling that comes to its own end."
# never = 'to its end'
#
# [[tool.snippet.guarantees]]
# says = "The two siblings are cancelled in either order."
# any-order = 'cancelled$'
#
# [[tool.snippet.guarantees]]
# says = "The group raises only when every task in it has ended."
# order = ['^failing: raises', 'cancelled$', '^the group']
#
# [tool.snippet.claims]
# seconds = { min = 0.5 }
# ///
from asyncio import CancelledError, TaskGroup, run, sleep


async def steady(name):
    try:
        await sleep(1)
        print(f"{name}: came to its end")
    except CancelledError:
        await sleep(0.2)  # tidies up
        print(f"{name}: cancelled")
        raise


async def failing():
    await sleep(0.3)
    print("failing: raises")
    raise ValueError("no such page")


async def main():
    try:
        async with TaskGroup() as tasks:
            tasks.create_task(steady("aaa"))
            tasks.create_task(failing())
            tasks.create_task(steady("bbb"))
    except* ValueError as group:
        print(f"the group raised {group.exceptions}")


run(main())
#: output
#> failing: raises
#> aaa: cancelled
#> bbb: cancelled
#> the group raised (ValueError('no such page'),)
