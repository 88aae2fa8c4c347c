"""Loops that NumPy has no words for, compiled by numba; imported where they are used, since that takes a second.

The one rule: a kernel releases the interpreter lock and starts no thread, so that `in_threads` may share work out
and a forked process finds nothing broken.
"""
