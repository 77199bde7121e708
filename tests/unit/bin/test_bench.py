"""What the benches read of a running server, and their command line."""

import os
import subprocess
import sys
import time

import pytest

from bin.lib.bench import drain
from bin.lib.day.processes import ROOT

BUSY = "import time\nwhile time.process_time() < 0.3: pass\nprint('ready', flush=True)"
HOLD = "; import time; time.sleep(60)"
LINE = (
    "2026-11-23 12:00:00,000 77 INFO db werkzeug: 127.0.0.1 - - [23/Nov/2026 12:00:00] "
    '"GET {path} HTTP/1.1" 200 - {queries} 0.010 0.020\n'
)


@pytest.fixture
def group():
    """A process of its own group that worked for a moment and waits now."""
    child = subprocess.Popen(
        [sys.executable, "-c", f"exec({BUSY!r}){HOLD}"],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    child.stdout.readline()
    yield child.pid
    child.kill()
    child.communicate()


def test_cpu_and_memory_are_those_of_the_group(group):
    # The kernel counts in ticks of ten milliseconds.
    assert drain.cpu_seconds(group) >= 0.25
    assert drain.memory_mb(group) > 1
    assert len(drain.processes(group)) == 1


def test_nothing_of_a_group_that_is_gone(group):
    os.killpg(group, 9)
    os.waitpid(group, 0)
    assert drain.cpu_seconds(group) == 0


def test_queries_are_those_of_jobs(tmp_path):
    log = tmp_path / "odoo.log"
    job = "/queue_job/runjob?db=x&job_uuid={}"
    lines = [
        LINE.format(path=job.format("aa-1"), queries=40),
        LINE.format(path="/web/health", queries=7),
        LINE.format(path=job.format("bb-2"), queries=3),
        # The first try was put off; the second one counts as well.
        LINE.format(path=job.format("aa-1"), queries=2),
    ]
    log.write_text("".join(lines))
    assert drain.queries_by_job(log) == {"aa-1": 42, "bb-2": 3}


def test_waiting_ends_with_the_condition_or_the_time():
    until = time.monotonic() + 0.1
    drain.wait_until(lambda: time.monotonic() > until, 30, lambda: None)
    with pytest.raises(TimeoutError):
        drain.wait_until(lambda: False, 0, lambda: None)


def test_waiting_ends_with_the_program():
    def gone():
        raise RuntimeError("the server stopped")

    with pytest.raises(RuntimeError):
        drain.wait_until(lambda: False, 30, gone)


@pytest.mark.parametrize("name", ["intake", "nfe"])
def test_help_needs_no_database(name):
    done = subprocess.run(
        [sys.executable, "-m", f"bin.lib.bench.{name}", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"bin/bench {name}" in done.stdout
