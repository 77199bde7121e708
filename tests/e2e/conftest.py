"""Given: real programs around real databases; see bin/lib/day."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from bin.lib.day.processes import ROOT
from bin.lib.day.world import World

from .screens import BROWSERS, LOCAL, PICTURES, QUIET

DAY_PORT = 8169
WAIT_SECONDS = 120


def shell(script: str, timeout: int = 900) -> str:
    """Run bash in the checkout's root; the output goes into a failure's message."""
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert result.returncode == 0, f"{script}\n{result.stdout}\n{result.stderr}"
    return result.stdout


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    """Poll until the condition is true; its value."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.3)
    raise AssertionError(f"waited {WAIT_SECONDS} s for: {what}")


def demo(*arguments: str) -> dict[str, Any]:
    """``bin/demo … --once``: the JSON object on its last line."""
    options = f"--name e2e_day --port {DAY_PORT} --once {' '.join(arguments)}"
    return json.loads(shell(f"bin/demo {options}").splitlines()[-1])


@pytest.fixture(scope="session")
def export_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first day wrote its files."""
    return tmp_path_factory.mktemp("export")


@pytest.fixture(scope="session")
def first_day(export_folder: Path) -> dict[str, Any]:
    """A hundred orders on an empty database."""
    return demo("--fresh", "--orders", "100", "--export", str(export_folder))


@pytest.fixture(scope="session")
def second_day(first_day: dict[str, Any]) -> dict[str, Any]:
    """The same day once more on what the first one left."""
    return demo("--orders", "100")


@pytest.fixture(scope="session")
def day_world(second_day: dict[str, Any]) -> Iterator[World]:
    """The day's programs, running, to look around in."""
    world = World(LOCAL, "e2e_day", DAY_PORT)
    yield from running(world)


@pytest.fixture
def fresh_world() -> Iterator[World]:
    """Simulators and Odoo on a database with the demo company and no order."""
    yield from running(new_world("e2e_fresh"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all roles."""
    program = next(filter(None, map(shutil.which, BROWSERS)))
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


def new_world(name: str) -> World:
    """A world on a new copy of the demo's base."""
    shell(
        "source bin/setup; source bin/lib/demo_database.sh;"
        f"demo_base; demo_database {name} yes"
    )
    return World(LOCAL, name, odoo_port=0)


def running(world: World) -> Iterator[World]:
    """Start everything, hand it out, stop everything."""
    try:
        world.start()
        world.connect()
        yield world
    finally:
        world.stop()
