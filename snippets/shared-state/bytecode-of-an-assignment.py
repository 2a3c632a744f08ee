# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "The bytecode of one assignment"
# source = 9
# setup = "d = {}"
# ///
def _():
    d[len(d)] = None

from dis import dis
dis(_)

d[len(d)] = None
# LOAD_GLOBAL
# ...
# STORE_//SUBSCR
# # PyObject_//SetItem
# # # PyDict_//SetItem
# # # # insert//dict
# # # # # mov
# # # # # xor
# # # # # ~~~~~~
# # # # # load
# # # # # store
# ...
