from __future__ import annotations
def section(rows): return "\n".join(map(str, rows))
