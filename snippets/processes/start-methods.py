# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "What a child inherits, and how long it takes to start"
# alone = true
#
# [[tool.snippet.guarantees]]
# says = "A child of spawn or forkserver that knows what main changed."
# never = '^(spawn|forkserver),.*changed'
#
# [tool.snippet.claims]
# "first fork" = { printed = '^fork, first: .* ([\d.]+ ms)', min = 0.05, max = 4000 }
# "second fork" = { printed = '^fork, second: .* ([\d.]+ ms)', min = 0.05, max = 4000 }
# "first spawn" = { printed = '^spawn, first: .* ([\d.]+ ms)', min = 5, max = 12_000 }
# "second spawn" = { printed = '^spawn, second: .* ([\d.]+ ms)', min = 5, max = 12_000 }
# "first forkserver" = { printed = '^forkserver, first: .* ([\d.]+ ms)', min = 5, max = 12_000 }
# "second forkserver" = { printed = '^forkserver, second: .* ([\d.]+ ms)', min = 0.5, max = 12_000 }
# ///
from multiprocessing import get_context
from time import perf_counter

setting = "as imported"


def child(method, began):
    took = (perf_counter() - began) * 1000
    print(f"{method}: {setting}, after {took:.1f} ms")


if __name__ == "__main__":
    setting = "changed by main"
    for turn in ("first", "second"):
        for method in ("fork", "spawn", "forkserver"):
            process = get_context(method).Process(
                target=child,
                args=(f"{method}, {turn}", perf_counter()),
            )
            process.start()
            process.join()
#: output
#> fork, first: changed by main, after 7.4 ms
#> spawn, first: as imported, after 139.8 ms
#> forkserver, first: as imported, after 78.8 ms
#> fork, second: changed by main, after 4.0 ms
#> spawn, second: as imported, after 80.8 ms
#> forkserver, second: as imported, after 28.0 ms
