"""Ctrl-C while a query is under way."""

import os
import signal
import threading

#: Longer than anybody waits, in chunks of rows, between which DuckDB looks for interrupts.
LONG_QUERY = "select count(*) from range(1000000000000)"


def interrupt_soon() -> None:
    """Press Ctrl-C in half a second, whatever the process has inherited or a test before has left for SIGINT."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
