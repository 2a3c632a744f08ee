"""Programs that would harm the build, and how each must end."""

from __future__ import annotations

from dataclasses import dataclass, field

MiB = 1 << 20


@dataclass(frozen=True)
class HostileProgram:
    """A hostile program, its possible exit statuses, and texts that must be in its output.

    With `needs_sandbox` it would kill the tests if it ran without.
    """

    id: str
    code: str
    exit_statuses: tuple[str, ...]
    prints: tuple[str, ...] = ()
    limits: dict[str, float] = field(default_factory=dict)
    needs_sandbox: bool = False


def make_program(
    id: str, exit_status: str, code: str, *prints: str, needs_sandbox: bool = False, **limits: float
) -> HostileProgram:
    """Return a row of the table; possible exit statuses are separated by a bar."""
    return HostileProgram(id, code, tuple(exit_status.split(" | ")), prints, limits, needs_sandbox)


TABLE = [
    # Output
    make_program(
        "flood-of-stdout", "limit: output", "while True: print('x')", "x", output_lines=500
    ),
    make_program(
        "flood-of-stderr",
        "limit: output",
        """
        import sys
        while True: print('x', file=sys.stderr)
        """,
        "x",
    ),
    make_program(
        "one-line-of-100-MB",
        "limit: output",
        "print('x' * 100_000_000)",
        "xxx",
        memory_bytes=1024 * MiB,
    ),
    make_program(
        "no-newline",
        "limit: output",
        """
        import sys
        while True: sys.stdout.write('x' * 5000); sys.stdout.flush()
        """,
        "xxx",
    ),
    make_program(
        "invalid-utf-8",
        "exit 0",
        "import os; os.write(1, bytes(range(128, 256)) + b'\\n\\xe2\\x82')",
        "\\x80\\x81",
        "\\xe2\\x82",
    ),
    make_program("nuls", "exit 0", "print('\\0' * 1000)", "␀␀␀"),
    make_program(
        "terminal-escapes",
        "exit 0",
        "print('\\033[2J\\033]0;title\\007\\033[31mred\\x9b5m')",
        "␛[2J␛]0;title␇␛[31mred\\x9b5m",
    ),
    make_program(
        "html",
        "exit 0",
        """
        import threading
        print('</samp></section><script>alert(1)</script>&amp;<!--')
        thread = threading.Thread(name='</text><script>alert(1)</script>', target=print)
        thread.start(); thread.join()
        """,
        "</samp></section><script>alert(1)</script>&amp;<!--",
    ),
    make_program(
        "markdown-fences",
        "exit 0",
        """print('```\\n~~~\\n```python exec="on"\\nprint(1)\\n```\\n\\n    # x\\n[a]: b')""",
        '```python exec="on"',
        "[a]: b",
    ),
    make_program(
        "direction-marks",
        "exit 0",
        "print('\\u202egnp.exe\\u2028\\u2029\\ufeff')",
        "\\u202egnp.exe\\u2028\\u2029\\ufeff",
    ),
    # Resources
    make_program(
        "memory-hog",
        "limit: memory",
        """
        hoard = []
        print('begin')
        while True: hoard.append(b'x' * (1 << 20))
        """,
        "begin",
    ),
    make_program(
        "memory-hog-of-many-processes",
        "limit: memory",
        """
        import os, time
        for _ in range(8):
            if os.fork() == 0:
                hoard = b'x' * (160 << 20)
                time.sleep(60)
        time.sleep(60)
        """,
    ),
    make_program(
        "shared-memory-hog",
        "limit: memory",
        """
        import mmap, time
        hoard = mmap.mmap(-1, 1200 << 20)
        while hoard.tell() < len(hoard): hoard.write(b'x' * (1 << 20))
        time.sleep(60)
        """,
    ),
    make_program(
        "more-memory-than-available",
        "exit 1",
        "x = bytearray(1 << 50)",
        "MemoryError",
    ),
    make_program(
        "file-hog",
        "limit: files",
        """
        with open('hoard', 'wb') as file:
            while True: file.write(b'x' * (1 << 20))
        """,
    ),
    make_program(
        "file-hog-in-many-files",
        "limit: files",
        """
        import itertools
        for n in itertools.count(): open(f'hoard-{n}', 'w').close()
        """,
    ),
    make_program(
        "file-hog-at-home",
        "limit: files",
        """
        import os, tempfile, time
        for folder in (os.environ['HOME'], tempfile.gettempdir()):
            with open(f'{folder}/hoard', 'wb') as file: file.write(b'x' * (40 << 20))
        time.sleep(60)
        """,
    ),
    make_program(
        "file-hog-in-unlinked-files",
        "limit: files",
        """
        import tempfile, time
        hoard = [tempfile.TemporaryFile() for _ in range(9)]
        for file in hoard: file.write(b'x' * (8 << 20)); file.flush()
        time.sleep(60)
        """,
    ),
    make_program(
        "folders-in-folders",
        "limit: files",
        """
        import os
        while True:
            os.mkdir('d')
            os.chdir('d')
        """,
    ),
    make_program(
        "fork-bomb",
        "limit: processes",
        """
        import os
        print('boom')
        while True: os.fork()
        """,
        "boom",
    ),
    make_program(
        "fork-bomb-whose-parents-end",
        "exit 0 | limit: processes | limit: time",
        """
        import os, time
        end = time.monotonic() + 20
        while time.monotonic() < end:
            os.fork()
            if os.fork(): os._exit(0)
            os.setsid()
        """,
        seconds=1.5,
    ),
    make_program(
        "zombies",
        "limit: processes",
        """
        import os
        while True:
            if os.fork() == 0: os._exit(0)
        """,
    ),
    make_program(
        "a-thousand-threads",
        "exit 0",
        """
        import threading, time
        threads = [threading.Thread(target=time.sleep, args=(2,)) for _ in range(1000)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(len(threads))
        """,
        "1000",
    ),
    make_program(
        "endless-threads",
        "limit: processes",
        """
        import threading, time
        while True: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        """,
    ),
    # Processes that outlive it
    make_program(
        "detached-daemon",
        "exit 0",
        """
        import os, time
        if os.fork() == 0:
            os.setsid()
            if os.fork(): os._exit(0)
            os.chdir('/'); os.closerange(0, 3)
            time.sleep(60)
        print('left')
        """,
        "left",
    ),
    make_program(
        "child-that-keeps-the-pipe-open",
        "exit 0",
        """
        import os, time
        if os.fork() == 0: time.sleep(60)
        print('left')
        """,
        "left",
    ),
    make_program(
        "ignored-signals",
        "limit: time",
        """
        import signal, time
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        print('ready')
        time.sleep(60)
        """,
        "ready",
        seconds=2,
    ),
    make_program(
        "stops-itself",
        "limit: time",
        "import os, signal; print('stop'); os.kill(os.getpid(), signal.SIGSTOP)",
        "stop",
        seconds=2,
    ),
    make_program(
        "stopped-child",
        "limit: time",
        """
        import os, signal
        if (child := os.fork()) == 0: os.kill(os.getpid(), signal.SIGSTOP)
        os.waitpid(child, 0)
        """,
        seconds=2,
    ),
    make_program(
        "atexit-hook-that-hangs",
        "limit: time",
        "import atexit, time; atexit.register(time.sleep, 60); print('done')",
        "done",
        seconds=2,
    ),
    make_program("endless-computation", "limit: time", "while True: pass", seconds=1),
    make_program(
        "starts-itself-again",
        "limit: time",
        "import os, sys; os.execv(sys.executable, [sys.executable, *sys.argv])",
        seconds=2,
    ),
    # Exit status
    make_program("os-exit", "exit 7", "import os; print('bye'); os._exit(7)", "bye"),
    make_program("segfault", "signal SIGSEGV", "import ctypes; ctypes.string_at(0)"),
    make_program("abort", "signal SIGABRT", "import os; os.abort()"),
    make_program("alarm", "signal SIGALRM", "import signal; signal.alarm(1); signal.pause()"),
    make_program("kills-its-group", "signal SIGKILL", "import os; os.killpg(0, 9)"),
    make_program("status-like-a-signals", "exit 139", "import os; os._exit(139)"),
    make_program("deep-recursion", "exit 1", "def f(): f()\nf()", "RecursionError"),
    make_program(
        "unlimited-recursion",
        "signal SIGSEGV | exit 1 | limit: memory",
        """
        import sys
        sys.setrecursionlimit(1 << 30)
        class Deep:
            def __repr__(self): return repr([self])
        repr(Deep())
        """,
    ),
    make_program("system-exit-with-text", "exit 1", "raise SystemExit('enough')", "enough"),
    make_program(
        "keyboard-interrupt", "signal SIGINT", "raise KeyboardInterrupt", "KeyboardInterrupt"
    ),
    make_program("reads-stdin", "exit 1", "input('name? ')", "EOFError"),
    # Files and tracing
    make_program(
        "closed-stdout",
        "exit 0",
        "import os, time; os.closerange(0, 3); time.sleep(0.3)",
    ),
    make_program(
        "closes-every-descriptor",
        "exit 0",
        "import os, time; os.closerange(0, 20000); time.sleep(0.3)",
    ),
    make_program(
        "writes-to-every-descriptor",
        "exit 0",
        """
        import os
        for number in range(3, 20000):
            try: os.write(number, b'garbage\\n')
            except OSError: pass
        print('done')
        """,
        "done",
    ),
    make_program(
        "changes-stdout",
        "exit 0",
        """
        import io, sys
        sys.stdout = io.StringIO()
        print('lost')
        sys.stdout = sys.stderr = None
        print('lost, too')
        """,
    ),
    make_program(
        "profiles-itself",
        "exit 0",
        """
        import sys, threading
        def own(*_): pass
        sys.setprofile(own)
        threading.setprofile(own)
        thread = threading.Thread(target=print, args=('profiled',))
        thread.start()
        thread.join()
        print(sys.getprofile() is own)
        """,
        "profiled",
        "True",
    ),
    make_program(
        "deletes-its-directory",
        "exit 0",
        """
        import os, shutil
        shutil.rmtree(os.getcwd())
        print('gone')
        """,
        "gone",
    ),
    make_program(
        "deletes-all-it-can-write",
        "exit 0",
        """
        import os, shutil
        shutil.rmtree(os.path.dirname(os.getcwd()), ignore_errors=True)
        print('gone')
        """,
        "gone",
    ),
    make_program(
        "locks-its-directory",
        "exit 0",
        "import os; os.makedirs('a/b'); os.chmod('a/b', 0); os.chmod('.', 0); print('locked')",
        "locked",
    ),
    make_program(
        "forges-events",
        "exit 0",
        """
        import os
        with open(os.environ['SNIPPET_EVENTS'], 'ab') as file:
            for event in (
                "('begin', 1e999, 1, 1)", "('thread', 'x', None, 3)", "('line', 1)",
                "('fiber', 0, 1, 2, 3)", "('wait', [], {}, 1, 2, 3, 4, 5, 6)", "((((((((" * 9999,
            ):
                file.write(event.encode() + b'\\n')
        print('forged')
        """,
        "forged",
    ),
    # Attacks on other processes
    make_program(
        "kills-its-parent",
        "exit 0",
        """
        import os, signal, time
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(0.3)
        print('alone')
        """,
        "alone",
    ),
    make_program(
        "stops-its-parent",
        "exit 3",
        """
        import os, signal
        os.kill(os.getppid(), signal.SIGSTOP)
        raise SystemExit(3)
        """,
    ),
    make_program(
        "kills-every-process",
        "exit 0 | signal SIGKILL",
        """
        import os
        os.kill(-1, 9)
        print('alone')
        """,
        needs_sandbox=True,
    ),
]
