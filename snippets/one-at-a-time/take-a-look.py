# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "A first program"
# source = 1
#
# [tool.snippet.claims]
# workers = 1
# lines = 1
# cpu-seconds = { max = 1 }
# ///
print("Let's take a look!")
#: output
#> Let's take a look!
