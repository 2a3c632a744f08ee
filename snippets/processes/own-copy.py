# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A child changes its own list"
# [[tool.snippet.guarantees]]
# says = "A fourth number in the list of main."
# never = '^main: .* 4\]'
#
# [tool.snippet.claims]
# processes = 2
# ///
from multiprocessing import Process

numbers = [1, 2, 3]


def append():
    numbers.append(4)
    print(f"child: {numbers = }")


if __name__ == "__main__":
    child = Process(target=append)
    child.start()
    child.join()
    print(f"main:  {numbers = }")
#: output
#> child: numbers = [1, 2, 3, 4]
#> main:  numbers = [1, 2, 3]
