# /// script
# requires-python = ">=3.11"
# dependencies = ["pandas"]
#
# [tool.snippet]
# title = "How long an import takes"
# source = 8
# ///
time python -c 'import pandas'
