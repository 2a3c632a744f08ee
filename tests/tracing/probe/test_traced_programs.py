"""Traces of programs: start methods, locks, pools, tasks, generators."""

from __future__ import annotations

import pytest
from helpers.probed import (
    TIME_LIMIT,
    RunProgram,
    count_concurrent,
    is_overlapping,
    python,
    run_program,
)

__all__ = ["python", "run_program"]  # fixtures


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_children_of_other_start_methods_belong_to_main(
    run_program: RunProgram, method: str
) -> None:
    """They are not forked from the main process."""
    probed = run_program(
        f"""
        import multiprocessing, time

        def target(n):
            time.sleep(0.5)
            print(n)

        if __name__ == "__main__":
            context = multiprocessing.get_context({method!r})
            children = [context.Process(target=target, args=(n,)) for n in range(2)]
            for child in children: child.start()
            for child in children: child.join()
        """
    )
    children = probed.find_workers("process", "target")
    assert {child.name for child in children} == {"target 1", "target 2"}
    assert {child.parent for child in children} == {"w0"}
    assert all(probed.find_longest_wait(child, "sleep") for child in children)
    assert {name for name, _ in probed.find_written_lines()} == {"target 1", "target 2"}
    assert probed.trace.start_method == method
    assert "resource tracker" not in probed.names.values()
    servers = [name for name in probed.names.values() if name == "fork server"]
    assert len(servers) == (method == "forkserver")
    assert "python" not in probed.names.values()


def test_import_function_accepts_unknown_arguments(
    run_program: RunProgram,
) -> None:
    """From Python 3.15 on, a lazy submodule is imported with an additional argument."""
    probed = run_program(
        """
        import importlib, sys
        from concurrent.futures import ThreadPoolExecutor
        if sys.version_info >= (3, 14):
            from concurrent.futures import InterpreterPoolExecutor
        if sys.version_info >= (3, 15):
            exec("lazy from concurrent import futures\\nfutures.process")
        try:
            importlib._bootstrap._find_and_load()
        except TypeError as error:
            print(type(error).__name__)
        print("done")
        """
    )
    assert (probed.exit_code, [text for _, text in probed.find_written_lines()]) == (
        0,
        ["TypeError", "done"],
    )


def test_python_subprocess_is_a_process_that_its_parent_waits_for(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import subprocess, sys
        subprocess.run([sys.executable, "-c", "import time; time.sleep(0.3); print('child')"])
        """
    )
    [child] = [worker for worker in probed.find_workers("process") if worker.parent]
    assert probed.find_written_lines() == [(child.name, "child")]
    assert probed.find_longest_wait(probed.find_worker("main"), "child process").line == 3


def test_child_of_os_fork_writes_its_own_lines_and_ends(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import os, time
        if pid := os.fork():
            os.waitpid(pid, 0)
            print("parent")
        else:
            time.sleep(0.2)
            print("child")
            os._exit(0)
        """
    )
    assert probed.find_written_lines() == [("child", "child"), ("main", "parent")]
    assert probed.find_waits(probed.find_worker("main"), "child process")
    assert probed.find_worker("child").ended is not None


def test_workers_of_a_multiprocessing_pool_sleep_concurrently(run_program: RunProgram) -> None:
    probed = run_program(
        """
        from multiprocessing import get_context
        from time import sleep

        def work(seconds): sleep(seconds)

        if __name__ == "__main__":
            with get_context("fork").Pool(2) as pool:
                pool.map(work, [0.4, 0.4], chunksize=1)
        """
    )
    workers = probed.find_workers("process", "worker")
    assert count_concurrent([probed.find_longest_wait(worker, "sleep") for worker in workers]) == 2


def test_parent_of_a_thread_is_the_thread_that_started_it(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import threading, time

        def inner():
            time.sleep(0.1)

        def outer():
            thread = threading.Thread(target=inner)
            thread.start()
            thread.join()

        thread = threading.Thread(target=outer, name="Olga")
        thread.start()
        thread.join()
        """
    )
    assert probed.find_worker("Olga").parent == "w0"
    assert probed.find_worker("inner").parent == probed.find_worker("Olga").id
    assert probed.find_links() >= {("inner", "Olga", "join"), ("Olga", "main", "join")}


def test_daemon_thread_ends_with_its_process(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import threading, time
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        time.sleep(0.1)
        """
    )
    main, daemon = probed.trace.workers
    assert daemon.name == "sleep"
    assert daemon.ended is not None
    assert main.ended is not None
    assert daemon.ended <= main.ended < TIME_LIMIT


def test_waits_have_the_reason_of_their_primitive_and_a_waker(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import queue, threading, time

        lock = threading.Lock()
        again = threading.RLock()
        event = threading.Event()
        condition = threading.Condition()
        semaphore = threading.Semaphore(0)
        items = queue.Queue()
        simple = queue.SimpleQueue()

        def on_lock():
            with lock: pass
        def on_acquire():
            lock.acquire()
            lock.release()
        def on_again():
            with again: pass
        def on_event(): event.wait()
        def on_condition():
            with condition: condition.wait()
        def on_semaphore(): semaphore.acquire()
        def on_queue(): items.get()
        def on_simple(): simple.get()

        lock.acquire()
        again.acquire()
        functions = [on_lock, on_acquire, on_again, on_event]
        functions += [on_condition, on_semaphore, on_queue, on_simple]
        threads = [threading.Thread(target=function) for function in functions]
        for thread in threads: thread.start()
        time.sleep(0.3)
        event.set()
        with condition: condition.notify_all()
        semaphore.release()
        items.put(1)
        simple.put(1)
        again.release()
        lock.release()
        for thread in threads: thread.join()
        """
    )
    reasons = {
        "on_lock": "lock",
        "on_acquire": "lock",
        "on_again": "lock",
        "on_event": "event",
        "on_condition": "condition",
        "on_semaphore": "semaphore",
        "on_queue": "queue",
        "on_simple": "queue",
    }
    for name, reason in reasons.items():
        wait = probed.find_longest_wait(probed.find_worker(name), reason)
        assert wait.ended is not None
        assert wait.ended - wait.began > 0.1
    for name in ("on_again", "on_event", "on_condition", "on_semaphore", "on_queue", "on_simple"):
        assert ("main", name, reasons[name]) in probed.find_links()


def test_semaphores_of_multiprocessing_are_distinguished_from_locks(
    run_program: RunProgram,
) -> None:
    probed = run_program(
        """
        from multiprocessing import BoundedSemaphore, Lock, Semaphore
        from threading import Timer

        def wait_for(primitive):
            primitive.acquire()
            timer = Timer(0.05, primitive.release)
            timer.start()
            with primitive:
                timer.join()

        two = BoundedSemaphore(2)
        two.acquire()
        for primitive in (Semaphore(1), Lock(), two):
            wait_for(primitive)
        """
    )
    waits = [
        span.reason
        for span in probed.trace.spans
        if span.worker == probed.find_worker("main").id and span.reason in ("lock", "semaphore")
    ]
    assert waits == ["semaphore", "lock", "semaphore"]


def test_deadlocked_threads_are_waiting_when_stopped(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import threading, time

        one, two = threading.Lock(), threading.Lock()

        def work(first, second):
            with first:
                time.sleep(0.1)
                with second:
                    print("never")

        threading.Thread(target=work, args=(one, two)).start()
        threading.Thread(target=work, args=(two, one)).start()
        """,
        seconds=1,
    )
    for name in ("work 1", "work 2"):
        wait = probed.find_longest_wait(probed.find_worker(name), "lock")
        assert (wait.ended, wait.line) == (None, 9)


def test_tasks_of_a_group_wait_for_their_reasons_and_are_joined(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import asyncio

        async def on_queue(queue): await queue.get()
        async def on_lock(lock):
            async with lock: pass
        async def on_event(event): await event.wait()
        async def on_thread(): await asyncio.to_thread(__import__("time").sleep, 0.3)

        async def main():
            queue, lock, event = asyncio.Queue(), asyncio.Lock(), asyncio.Event()
            await lock.acquire()
            async with asyncio.TaskGroup() as group:
                group.create_task(on_queue(queue), name="Quentin")
                group.create_task(on_lock(lock))
                group.create_task(on_event(event))
                await group.create_task(on_thread())
                queue.put_nowait(1)
                event.set()
                lock.release()
        asyncio.run(main())
        """
    )
    assert probed.find_waits(probed.find_worker("Quentin"), "queue")
    assert probed.find_waits(probed.find_worker("on_lock"), "lock")
    assert probed.find_waits(probed.find_worker("on_event"), "event")
    assert probed.find_waits(probed.find_worker("on_thread"), "thread")
    assert probed.find_waits(probed.find_worker("main()"), "join")
    assert ("on_thread", "main()", "join") in probed.find_links()
    assert probed.find_longest_wait(probed.find_worker("worker"), "sleep")
    assert {task.ended is None for task in probed.find_workers("task")} == {False}


def test_task_that_blocks_the_event_loop_delays_another(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import asyncio, time

        async def rude(): time.sleep(0.5)
        async def polite():
            await asyncio.sleep(0.1)
            print("late")
        async def main(): await asyncio.gather(polite(), rude())
        asyncio.run(main())
        """
    )
    assert is_overlapping(
        probed.find_longest_wait(probed.find_worker("rude"), "sleep"),
        probed.find_longest_wait(probed.find_worker("polite"), "sleep"),
    )
    assert probed.find_written_lines() == [("polite", "late")]


def test_only_generators_driven_over_time_are_fibers(run_program: RunProgram) -> None:
    """A generator that is consumed immediately, or that delegates, is none."""
    program = """
        from contextlib import contextmanager
        from time import sleep

        @contextmanager
        def managed():
            print("in")
            yield
            print("out")

        def quick():
            yield from range(10)

        def inner():
            for n in range(2):
                sleep(0.05)
                yield n

        def outer():
            yield from inner()

        with managed():
            print(sum(quick()), sum(n for n in quick()))
        print(list(outer()))
        """
    # On a busy machine, `quick` may lose the core between two turns, and seem to wait.
    for _ in range(5):
        probed = run_program(program)
        fibers = [worker.name for worker in probed.find_workers("generator")]
        if fibers == ["outer"]:
            break
    assert fibers == ["outer"]
    assert len(probed.find_waits(probed.find_worker("outer"), "sleep")) == 2
    assert [name for name, _ in probed.find_written_lines()] == ["main"] * 4


def test_lines_after_an_exception_in_a_generator_are_its_drivers(run_program: RunProgram) -> None:
    probed = run_program(
        """
        def steps():
            print("one")
            yield
            print("two")
            raise ValueError

        turns = steps()
        next(turns)
        try:
            next(turns)
        except ValueError:
            print("caught")
        """
    )
    assert probed.find_written_lines() == [("steps", "one"), ("steps", "two"), ("main", "caught")]


def test_coroutine_driven_by_hand_is_a_fiber(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import types, time

        @types.coroutine
        def pause():
            yield

        async def work():
            print("one")
            await pause()
            time.sleep(0.1)
            print("two")

        coroutine = work()
        coroutine.send(None)
        print("between")
        try:
            coroutine.send(None)
        except StopIteration:
            pass
        """
    )
    [fiber] = probed.find_workers("coroutine")
    assert probed.find_written_lines() == [("work", "one"), ("main", "between"), ("work", "two")]
    assert probed.find_waits(fiber, "sleep")


def test_wait_after_a_long_computation_is_traced(run_program: RunProgram) -> None:
    probed = run_program(
        """
        import time
        def f(n): return 1 if n < 2 else f(n - 1) + f(n - 2)
        while time.perf_counter() and f(24) and time.process_time() < 0.3: pass
        print("computed")
        time.sleep(0.3)
        """
    )
    assert probed.find_longest_wait(probed.find_worker("main"), "sleep").line == 6
