"""Detection of functions that only compute, and call nothing that could wait.

For Python 3.11 only. While a thread has a profile hook, that version does not use specialized
instructions (PEP 659), so loops take half as long again. These functions have no events to
report, so the probe removes its hook while one of them runs.
"""

from __future__ import annotations

from types import CodeType

from _snippet_probe.coroutines import SUSPENDABLE

TYPE_CHECKING = False  # it is slow to import
if TYPE_CHECKING:
    from collections.abc import Iterator

# Built-in functions that return without waiting.
NONBLOCKING_BUILTINS = {
    *("abs", "bin", "bool", "chr", "divmod", "float", "hex", "int", "len"),
    *("ord", "pow", "print", "range", "repr", "round", "str"),
}

# Opcodes of Python 3.11, the only version that uses this module.
_BACKWARD_JUMPS = {134, 140, 173, 174, 175, 176}
# A call of anything but a global name, a function definition, an import, or a `with` statement.
_EXCLUDED = {2, 53, 108, 132, 142, 160}
_LOAD_GLOBAL, _GET_ITER, _EXTENDED_ARG = 116, 68, 144


def find_compute_only(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of the functions defined in `code` that only compute."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if _is_compute_only(constant):
                yield constant
            yield from find_compute_only(constant)


def _is_compute_only(code: CodeType) -> bool:
    # A generator or coroutine may be a fiber; a comprehension may iterate over a generator.
    if code.co_flags & SUSPENDABLE or code.co_name.startswith("<"):
        return False
    argument_prefix = ranges = iterators = 0
    has_loop = False
    for opcode, argument in zip(code.co_code[::2], code.co_code[1::2], strict=True):
        argument |= argument_prefix
        argument_prefix = argument << 8 if opcode == _EXTENDED_ARG else 0
        if opcode in _EXCLUDED:
            return False
        has_loop |= opcode in _BACKWARD_JUMPS
        iterators += opcode == _GET_ITER
        if opcode == _LOAD_GLOBAL and argument & 1:  # loaded to be called
            name = code.co_names[argument >> 1]
            if name not in NONBLOCKING_BUILTINS:
                return False
            ranges += name == "range"
    return has_loop and iterators == ranges  # every loop is over a `range`, not a generator
