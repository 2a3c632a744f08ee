# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Is there a GIL here?"
# mask = [['^Python \d+\.\d+\.\w+', "version"]]
# ///
import platform
import sys
import sysconfig

for_free_threading = sysconfig.get_config_var("Py_GIL_DISABLED")
is_gil_enabled = getattr(sys, "_is_gil_enabled", None)

print(f"Python {platform.python_version()}")
print(f"{for_free_threading = }")
if is_gil_enabled is None:
    print("no sys._is_gil_enabled: there is always a GIL")
else:
    print(f"{is_gil_enabled() = }")
#: output
#> Python 3.11.7
#> for_free_threading = None
#> no sys._is_gil_enabled: there is always a GIL
#: output on Python 3.13
#> Python 3.13.0
#> for_free_threading = 0
#> is_gil_enabled() = True
