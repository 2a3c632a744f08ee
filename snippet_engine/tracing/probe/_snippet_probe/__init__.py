"""The probe: it traces a program from inside, and writes events to a file.

It imports nothing of the engine, and of the standard library only what starts fast.
"""
