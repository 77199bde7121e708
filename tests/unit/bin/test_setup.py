"""bin/setup refuses a tree of another series before it touches anything."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def odoo_tree(tmp_path):
    """Makes a tree that calls itself a series of Odoo."""

    def make(*version):
        package = tmp_path / "tree/odoo"
        package.mkdir(parents=True)
        (package / "release.py").write_text(f"version_info = {version!r}\n")
        return package.parent

    return make


def setup(tmp_path, source):
    environment = {
        **os.environ,
        "ODOO_SRC": str(source),
        "B2C_LOCAL": str(tmp_path / "local"),
        "B2C_CACHE": str(tmp_path / "cache"),
    }
    return subprocess.run(
        [str(ROOT / "bin/setup")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def untouched(tmp_path):
    """Nothing downloaded, built or started; only the empty folders for it."""
    local = tmp_path / "local"
    made = {path.relative_to(local).as_posix() for path in local.rglob("*")}
    return made <= {"log", "stamp", "setup.lock"} and not (tmp_path / "cache").exists()


def test_other_series_is_refused(tmp_path, odoo_tree):
    tree = odoo_tree(18, 0, 0, "final", 0, "")
    done = setup(tmp_path, tree)
    assert done.returncode != 0
    assert f"ODOO_SRC={tree} is Odoo 18.0; this suite needs series 19.0" in done.stderr
    assert done.stdout == ""
    assert untouched(tmp_path)


def test_newer_series_is_refused(tmp_path, odoo_tree):
    done = setup(tmp_path, odoo_tree("saas~19", 2, 0, "final", 0, ""))
    assert done.returncode != 0
    assert "this suite needs series 19.0" in done.stderr
    assert untouched(tmp_path)


def test_folder_without_odoo_is_refused(tmp_path):
    done = setup(tmp_path, tmp_path / "nothing")
    assert done.returncode != 0
    assert "holds no Odoo (odoo/release.py is missing)" in done.stderr
    assert untouched(tmp_path)
