# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Steps of a statement"
# ///
from dis import get_instructions

LINES = (
    "d[k] = v",
    "l.append(v)",
    "d[k] += 1",
    "l.append(l[0])",
    "d[len(d)] = v",
)
ACTS = ("BINARY", "CALL", "STORE")  # the others only fetch and tidy

for line in LINES:
    steps = [step.opname for step in get_instructions(line)]
    acts = [step for step in steps if step.startswith(ACTS)]
    print(f"{line:<15} {len(acts)}: {', '.join(acts)}")
#: output
#> d[k] = v        1: STORE_SUBSCR
#> l.append(v)     1: CALL
#> d[k] += 1       3: BINARY_SUBSCR, BINARY_OP, STORE_SUBSCR
#> l.append(l[0])  2: BINARY_SUBSCR, CALL
#> d[len(d)] = v   2: CALL, STORE_SUBSCR
#: output on Python 3.14
#> d[k] = v        1: STORE_SUBSCR
#> l.append(v)     1: CALL
#> d[k] += 1       3: BINARY_OP, BINARY_OP, STORE_SUBSCR
#> l.append(l[0])  2: BINARY_OP, CALL
#> d[len(d)] = v   2: CALL, STORE_SUBSCR
