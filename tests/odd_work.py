"""Stands in for crawlers.work in extraction processes: does what the body of the task says."""

import os
import sys
import time

from crawlers.fates import Ending
from warehouse.records import Outcome


def carry_out(task):
    if task.body == b"hang":
        time.sleep(600)
    if task.body == b"spin":
        while True:
            pass
    if task.body == b"crash":
        os._exit(3)
    if task.body == b"raise":
        sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115 - the traceback is not ours to read
        raise RuntimeError("a bug")
    if task.body == b"print":
        print("among the events?")  # noqa: T201 - libraries do
    return Ending(Outcome.NOT_ARTICLE, f"{task.body.decode()} by {os.getpid()}")
