"""Ctrl-C while a query is under way."""

import os
import signal
import threading

#: Longer than anybody waits. DuckDB looks for interrupts between chunks of rows, of which this one has many.
LONG_QUERY = "select count(*) from range(1000000000000)"


def interrupt_soon() -> None:
    """Press Ctrl-C in half a second, also where a suite in the background has inherited that it is ignored."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
