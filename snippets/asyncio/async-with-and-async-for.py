# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "The shape of asynchronous code"
# source = 17
# raises = "SyntaxError"
# ///
async def f():
    async with ...:
        ...
    async for ...:
        ...

from asyncio import create_task, TaskGroup
#: output
#!   File "async-with-and-async-for.py", line 4
#!     async for ...:
#!               ^^^
#! SyntaxError: cannot assign to ellipsis
