"""Lock classes that make waits in `with` statements visible."""

from __future__ import annotations

import _thread
import pickle
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from helpers.probed import RunProgram, import_probe_module, python, run_program

__all__ = ["import_probe_module", "python", "run_program"]  # fixtures

FACTORIES = {"lock": _thread.allocate_lock, "RLock": _thread.RLock}


@pytest.fixture(params=FACTORIES)
def lock_class(request: pytest.FixtureRequest, import_probe_module: Callable[[str], Any]) -> Any:
    make_lock_class = import_probe_module("lock_wrappers").make_lock_class
    return make_lock_class(request.param, FACTORIES[request.param])


def test_wrapper_has_the_methods_of_the_lock(lock_class: Any) -> None:
    real = FACTORIES[lock_class.__name__]()
    lock = lock_class()
    for method in ("acquire", "release", "locked", "__enter__", "__exit__", "_is_owned"):
        assert hasattr(lock, method) == hasattr(real, method), method


def test_wrapper_excludes_other_threads(lock_class: Any) -> None:
    lock = lock_class()
    acquired = []

    def try_to_acquire() -> None:
        acquired.append(lock.acquire(blocking=False))

    with lock as entered:
        assert entered is True
        thread = threading.Thread(target=try_to_acquire)
        thread.start()
        thread.join()
    assert acquired == [False]
    assert lock.acquire(blocking=False)
    lock.release()


def test_lock_is_released_after_an_exception(lock_class: Any) -> None:
    lock = lock_class()
    with pytest.raises(ZeroDivisionError), lock:
        raise ZeroDivisionError
    with pytest.raises(RuntimeError):
        lock.release()


def test_wrapper_looks_like_the_lock(lock_class: Any) -> None:
    lock = lock_class()
    real = FACTORIES[lock_class.__name__]()
    assert type(lock).__module__ == "_thread"
    assert repr(lock).partition(" at ")[0] == repr(real).partition(" at ")[0]
    assert weakref.ref(lock)() is lock
    with pytest.raises(TypeError, match="cannot pickle"):
        pickle.dumps(lock)


def test_wrapper_serves_a_condition(lock_class: Any) -> None:
    condition = threading.Condition(lock_class())
    with condition:
        assert not condition.wait(0.001)
        condition.notify_all()


@pytest.mark.parametrize("name", ["Lock", "RLock", "Semaphore"])
def test_wait_in_a_with_statement_is_traced(run_program: RunProgram, name: str) -> None:
    probed = run_program(
        f"""
        import threading, time
        lock = threading.{name}()
        def work():
            with lock:
                pass
        lock.acquire()
        thread = threading.Thread(target=work)
        thread.start()
        time.sleep(0.1)
        lock.release()
        thread.join()
        """
    )
    reason = "semaphore" if name == "Semaphore" else "lock"
    wait = probed.find_longest_wait(probed.find_worker("work"), reason)
    assert (wait.line, wait.ended is not None) == (5, True)
    assert ("main", "work", reason) in probed.find_links()


def test_free_lock_is_no_wait(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import threading
        for lock in (threading.Lock(), threading.RLock()):
            with lock: pass
            lock.acquire()
            lock.release()
        """
    )
    assert [span for span in probed.trace.spans if span.state == "waiting"] == []
