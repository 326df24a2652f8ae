"""Processes that read parts of an archive for this one. Nothing is lost when they are ended at any moment."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import active_children, parent_process
from multiprocessing.connection import wait
from threading import Thread


def reading_pool(processes: int | None, start: Callable[[], object] = lambda: None) -> ProcessPoolExecutor:
    """Start processes that leave Ctrl-C to this one, and end when this one is killed.

    :param processes: null for one for each core
    :param start: is called in each of them first
    """
    pool = ProcessPoolExecutor(processes, initializer=_begin, initargs=(start,))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        pool.submit(int)  # all of them are started with the first task, and have blocked what is blocked now
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return pool


def end_readers() -> None:
    """End all such processes: a second Ctrl-C while they are told to end would leave them, and this one, waiting."""
    for process in active_children():
        process.kill()


def _begin(start: Callable[[], object]) -> None:
    _end_with_parent()
    start()


def _end_with_parent() -> None:
    """See to it that this process ends when the one that started it is killed: it would hold that one's locks."""
    parent = parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    Thread(target=watch, daemon=True).start()
