"""What the command lines of all channels share."""

from __future__ import annotations

import argparse
import json
import os
import signal
import threading
from typing import Any

from .simulator import ChannelSimulator


def parser_of(channel: str) -> argparse.ArgumentParser:
    """``python -m simulators.<channel>`` with the options all channels have."""
    parser = argparse.ArgumentParser(prog=f"python -m simulators.{channel}")
    parser.add_argument("--state", default=":memory:", metavar="FILE")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--callback", metavar="URL", help="target of notifications")
    return parser


def serve(simulator: ChannelSimulator[Any], **ready: Any) -> None:
    """Print one JSON line when ready, serve until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with simulator:
        addresses = {"url": simulator.url, "control": simulator.control}
        print(json.dumps({**addresses, "pid": os.getpid(), **ready}), flush=True)
        stop.wait()
