"""Start, watch and stop the programs of the demo world."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
READY_SECONDS = 90


class WorldError(RuntimeError):
    """A program of the demo world does not do what it should; the text says which."""


class Program:
    """One background program with a log file and a pid file below ``folder``.

    The pid file lets a later ``--stop`` end what an earlier run left behind.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self.pid_file = folder / f"{name}.pid"
        self.popen: subprocess.Popen[bytes] | None = None

    def start(self, command: list[str]) -> None:
        """Run the command in a process group of its own, output to the log."""
        self.stop()
        with self.log.open("ab") as log:
            self.popen = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.pid_file.write_text(str(self.popen.pid))

    def pid(self) -> int | None:
        """The process that is running, if any."""
        if not self.pid_file.exists():
            return None
        pid = int(self.pid_file.read_text())
        if self.popen and self.popen.pid == pid:
            return pid if self.popen.poll() is None else None
        try:
            # A pid may be somebody else's by now; our programs run in the checkout.
            place = Path(f"/proc/{pid}/cwd").readlink()
        except OSError:
            return None
        return pid if place == ROOT else None

    def require_alive(self) -> None:
        """Raise with the end of the log when the program is gone."""
        if self.pid() is None:
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-25:])
            raise WorldError(f"{self.name} stopped:\n{tail}")

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send the signal to the whole process group."""
        pid = self.pid()
        if pid is not None:
            os.killpg(pid, number)

    def stop(self) -> None:
        """SIGTERM, then SIGKILL; harmless when nothing runs."""
        pid = self.pid()
        if pid is not None:
            self.kill(signal.SIGTERM)
            if not self._gone(20):
                self.kill()
                self._gone(5)
        self.pid_file.unlink(missing_ok=True)
        self.popen = None

    def _gone(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.pid() is None:
                return True
            time.sleep(0.05)
        return False


class Simulator(Program):
    """A simulator: prints one JSON line when it is ready."""

    def launch(self, module: str, *arguments: str) -> dict[str, Any]:
        """Start ``python -m module`` and return its JSON line."""
        self.log.write_bytes(b"")
        self.start([sys.executable, "-m", module, *arguments])
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            for line in self.log.read_text().splitlines():
                if line.startswith("{"):
                    return json.loads(line)
            self.require_alive()
            time.sleep(0.05)
        raise WorldError(f"{self.name} is not ready, see {self.log}")
