"""The check of docker/ and config/ sees what would only break on the server."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bin.lib import compose_check

ROOT = Path(__file__).parents[3]
COPIED = ("docker", "config", "patches", "requirements.txt", "constraints.txt")


@pytest.fixture
def repository(tmp_path):
    """A copy of what the compose file names."""
    for name in COPIED:
        source, target = ROOT / name, tmp_path / name
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)
    for name in ("addons", "simulators"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def change(repository, monkeypatch):
    """Changes the compose file and returns the problems found."""
    flags = {
        f for word in _command_words() if (f := word.partition("=")[0]).startswith("--")
    }
    known = {"any": {flag.lstrip("-") for flag in flags}}
    monkeypatch.setattr(compose_check, "odoo_options", lambda: known)

    def apply(edit):
        path = repository / compose_check.COMPOSE
        content = yaml.safe_load(path.read_text())
        edit(content)
        path.write_text(yaml.safe_dump(content))
        return compose_check.structure(repository)

    return apply


def _command_words():
    content = yaml.safe_load((ROOT / compose_check.COMPOSE).read_text())
    return [w for s in content["services"].values() for w in s.get("command", [])]


def test_repository_is_fine():
    command = [sys.executable, str(ROOT / "bin/lib/compose_check.py")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("docker/compose.yaml and config/ checked ")


def test_copy_is_fine(change):
    assert change(lambda content: None) == []


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (lambda c: c["services"].pop("webhook"), "service webhook is missing"),
        (
            lambda c: [
                c["services"].pop(n)
                for n in list(c["services"])
                if n not in compose_check.NEEDED
            ],
            "no service has the profile sim",
        ),
        (
            lambda c: c["services"]["web"].update(profiles=["sim"]),
            "web: hidden behind a profile",
        ),
        (
            lambda c: c["services"]["web"].update(depends_on=["nobody"]),
            "web: knows no service nobody",
        ),
        (
            lambda c: c["volumes"].pop("filestore"),
            "web: volume filestore is not declared",
        ),
        (
            lambda c: c["services"]["web"]["build"].update(dockerfile="docker/None"),
            "web: docker/None is missing",
        ),
        (
            lambda c: c["services"]["web"]["environment"].update(
                ODOO_RC="/etc/odoo/x.conf"
            ),
            "web: config/x.conf is missing",
        ),
        (
            lambda c: c["services"]["queue"]["command"].append("--wrokers=3"),
            "queue: Odoo has no option --wrokers",
        ),
        (
            lambda c: c["services"]["web"].update(ports=["8069:8069"]),
            "web: port 8069:8069 is open to every network",
        ),
        (
            lambda c: c["services"]["webhook"].update(ports=["127.0.0.1:8069:8070"]),
            "webhook: port 127.0.0.1:8069 is taken by web",
        ),
    ],
)
def test_problem_is_found(change, edit, problem):
    assert problem in change(edit)


def test_dockerfile_copies_only_what_is_there(change, repository):
    (repository / "constraints.txt").unlink()
    found = change(lambda content: None)
    assert "web: docker/Dockerfile copies constraints.txt, which is missing" in found


def test_broken_yaml(repository):
    (repository / compose_check.COMPOSE).write_text("services: [")
    assert len(compose_check.structure(repository)) == 1


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("list_db = True", "the list of databases is open (list_db)"),
        ("list_db = False\nworker = 3", "Odoo has no option worker"),
    ],
)
def test_configuration(repository, monkeypatch, line, problem):
    monkeypatch.setattr(compose_check, "odoo_options", lambda: {"list_db": set()})
    for path in (repository / "config").glob("*.conf"):
        path.unlink()
    (repository / "config/odoo.bad.conf").write_text(f"[options]\n{line}\n")
    assert f"odoo.bad.conf: {problem}" in compose_check.configurations(repository)
