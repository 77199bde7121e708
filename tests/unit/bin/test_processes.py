"""Programs of the demo that an earlier run left behind."""

import os
import sys

from bin.lib.day.processes import Program


def test_a_later_run_stops_what_an_earlier_one_started(tmp_path):
    first = Program(tmp_path, "sleeper")
    first.start([sys.executable, "-c", "import time; time.sleep(60)"])
    later = Program(tmp_path, "sleeper")
    assert later.pid() == first.popen.pid
    later.kill()
    assert first.popen.wait(10)
    later.stop()
    assert later.pid() is None


def test_a_pid_that_is_somebody_elses_now_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    program = Program(tmp_path, "sleeper")
    program.pid_file.write_text(str(os.getpid()))
    assert program.pid() is None
