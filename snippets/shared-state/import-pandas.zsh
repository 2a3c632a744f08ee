# /// script
# requires-python = ">=3.11"
# dependencies = ["pandas"]
#
# [tool.snippet]
# title = "How long an import takes"
# alone = true
# source = 8
#
# [tool.snippet.claims]
# seconds = { min = 0.05, max = 25 }
# cpu-seconds = { min = 0.05, max = 25 }
# ///
time python -c 'import pandas'
#: output
#! python -c 'import pandas'  0.57s user 0.16s system 69% cpu 1.045 total
