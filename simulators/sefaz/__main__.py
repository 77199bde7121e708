"""Command line: run the simulator until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import json
import os
import signal
import threading

from .simulator import SefazSimulator


def main(arguments: list[str] | None = None) -> None:
    """Start, print one JSON line when ready, and wait for the signal to stop."""
    parser = argparse.ArgumentParser(prog="python -m simulators.sefaz")
    parser.add_argument("--ca-dir", required=True)
    parser.add_argument("--state", default=":memory:")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--control-port", type=int, default=0)
    parser.add_argument("--uf", default="35")
    parser.add_argument("--environment", default="2", choices=("1", "2"))
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--trouble", type=float, default=0, metavar="RATE")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with SefazSimulator(
        options.ca_dir,
        options.state,
        options.uf,
        options.environment,
        port=options.port,
        control_port=options.control_port,
        latency=options.latency_ms / 1000,
    ) as simulator:
        simulator.plan(options.seed, options.trouble)
        ready = {
            "url": simulator.url,
            "control": simulator.control_url,
            "pid": os.getpid(),
        }
        print(json.dumps(ready), flush=True)
        stopped.wait()


if __name__ == "__main__":
    main()
