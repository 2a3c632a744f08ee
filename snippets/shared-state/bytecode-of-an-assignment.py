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
#: output
#>   1           0 RESUME                   0
#>
#>   2           2 LOAD_CONST               0 (None)
#>               4 LOAD_GLOBAL              0 (d)
#>              16 LOAD_GLOBAL              3 (NULL + len)
#>              28 LOAD_GLOBAL              0 (d)
#>              40 PRECALL                  1
#>              44 CALL                     1
#>              54 STORE_SUBSCR
#>              58 LOAD_CONST               0 (None)
#>              60 RETURN_VALUE
#: output on Python 3.12
#>   1           0 RESUME                   0
#>
#>   2           2 LOAD_CONST               0 (None)
#>               4 LOAD_GLOBAL              0 (d)
#>              14 LOAD_GLOBAL              3 (NULL + len)
#>              24 LOAD_GLOBAL              0 (d)
#>              34 CALL                     1
#>              42 STORE_SUBSCR
#>              46 RETURN_CONST             0 (None)
#: output on Python 3.13
#>   1           RESUME                   0
#>
#>   2           LOAD_CONST               0 (None)
#>               LOAD_GLOBAL              0 (d)
#>               LOAD_GLOBAL              3 (len + NULL)
#>               LOAD_GLOBAL              0 (d)
#>               CALL                     1
#>               STORE_SUBSCR
#>               RETURN_CONST             0 (None)
#: output on Python 3.14
#>   1           RESUME                   0
#>
#>   2           LOAD_CONST               0 (None)
#>               LOAD_GLOBAL              0 (d)
#>               LOAD_GLOBAL              3 (len + NULL)
#>               LOAD_GLOBAL              0 (d)
#>               CALL                     1
#>               STORE_SUBSCR
#>               LOAD_CONST               0 (None)
#>               RETURN_VALUE
#: output on Python 3.15
#>   1           RESUME                   0
#>
#>   2           LOAD_COMMON_CONSTANT     7 (None)
#>               LOAD_GLOBAL              0 (d)
#>               LOAD_GLOBAL              3 (len + NULL)
#>               LOAD_GLOBAL              0 (d)
#>               CALL                     1
#>               STORE_SUBSCR
#>               LOAD_COMMON_CONSTANT     7 (None)
#>               RETURN_VALUE
