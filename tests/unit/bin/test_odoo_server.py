"""The program file that stands for `python -m odoo`."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_runs_by_its_path(tmp_path):
    """Odoo starts its websocket process with the path of the running program."""
    command = [sys.executable, str(ROOT / "bin/lib/odoo_server.py"), "--version"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("Odoo Server 19.0")
