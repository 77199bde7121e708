"""JUnit counts, the last line and the exit status of bin/test."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
REPORT = """<testsuites><testsuite>
<testcase name="a"/><testcase name="b"><failure message="x"/></testcase>
<testcase name="c"><error message="x"/></testcase>
<testcase name="d"><skipped/></testcase>
</testsuite></testsuites>"""


def count(path):
    command = [sys.executable, str(ROOT / "bin/lib/junit.py"), str(path)]
    return subprocess.run(
        command, capture_output=True, text=True, check=True
    ).stdout.split()


def stages(tmp_path, script):
    """Run a piece of shell with bin/lib/stages.sh loaded."""
    (tmp_path / "log").mkdir(exist_ok=True)
    prelude = (
        f"set -euo pipefail; LOCAL={tmp_path}; ROOT={ROOT}; PY={sys.executable};"
        f"cd {ROOT}; source bin/lib/stages.sh; "
    )
    return subprocess.run(
        ["bash", "-c", prelude + script], capture_output=True, text=True, cwd=ROOT
    )


def test_skipped_is_neither_passed_nor_failed(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(REPORT)
    assert count(report) == ["1", "2", "1"]


def test_missing_report_is_a_failure(tmp_path):
    assert count(tmp_path / "none.xml") == ["0", "1", "0"]


@pytest.mark.parametrize(
    ("script", "line", "status"),
    [
        ("count 3 0; summary", "3 passed, 0 failed", 0),
        ("count 3 0; count 1 2; summary", "4 passed, 2 failed", 1),
        ("summary", "0 passed, 0 failed", 1),
        ("check good true; summary", "1 passed, 0 failed", 0),
        ("check bad false; summary", "0 passed, 1 failed", 1),
    ],
)
def test_summary(tmp_path, script, line, status):
    done = stages(tmp_path, script)
    assert done.stdout.splitlines()[-1] == line
    assert done.returncode == status


@pytest.mark.parametrize(
    ("content", "green"),
    [
        ("def test_a():\n    pass\n", True),
        ("def test_a():\n    assert False\n", False),
        ("", False),
        ("import pytest\n\n\n@pytest.mark.skip\ndef test_a():\n    pass\n", False),
    ],
    ids=["passes", "fails", "no test", "only skipped"],
)
def test_pytest_stage(tmp_path, content, green):
    (tmp_path / "test_given.py").write_text(content)
    plugins = "-p no:odoo -p no:cacheprovider"
    done = stages(
        tmp_path, f"run_pytest given {plugins} {tmp_path}/test_given.py; summary"
    )
    assert (done.returncode == 0) == green
    assert (done.stdout.splitlines()[-1] == "1 passed, 0 failed") == green


@pytest.mark.parametrize(("name", "green"), [("unit", True), ("addons", False)])
def test_skipped_test_of_an_addon_is_a_failure(tmp_path, name, green):
    """A tour without a browser is skipped; samples that lie elsewhere may be."""
    (tmp_path / "test_given.py").write_text(
        "import pytest\n\n\ndef test_a():\n    pass\n\n\n"
        "@pytest.mark.skip\ndef test_b():\n    pass\n"
    )
    plugins = "-p no:odoo -p no:cacheprovider"
    done = stages(
        tmp_path, f"run_pytest {name} {plugins} {tmp_path}/test_given.py; summary"
    )
    assert (done.returncode == 0) == green
