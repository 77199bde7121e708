"""What must not be in the repository, and how long a file may be."""

import re

import pytest

from .source import ROOT, files, label, text

SOURCES = {
    ".py",
    ".sh",
    ".xml",
    ".js",
    ".css",
    ".scss",
    ".sql",
    ".yaml",
    ".yml",
    ".toml",
}
SCRIPTS = {"bin/demo", "bin/i18n", "bin/odoo", "bin/setup", "bin/test", ".ci/run"}
LINES = 600
SIZE = 400_000

# Written with a stand-in, so that this file does not hold what it looks for.
HOSTS = tuple(
    host.replace("~", ".")
    for host in (
        "pypi~org",
        "pythonhosted~org",
        "npmjs~org",
        "npmjs~com",
        "yarnpkg~com",
        "crates~io",
        "rubygems~org",
        "proxy~golang~org",
        "docker~io",
        "quay~io",
        "ghcr~io",
        "deb~debian~org",
        "snapshot~debian~org",
        "archive~ubuntu~com",
    )
)
MACHINE = re.compile(
    r"(?<![\w.])/(home|root|Users|work|workspace|workspaces)/[\w.-]+|[A-Z]:\\Users"
)
UNFINISHED = re.compile("|".join(rf"\b{w[::-1]}\b" for w in ("ODOT", "EMXIF", "KCAH")))
PEM = re.compile("-" * 5 + "BEGIN ")
KEY_FILES = {".pem", ".key", ".pfx", ".p12", ".crt", ".cer", ".der", ".jks", ".env"}
COMPILED = {
    ".pyc",
    ".pyo",
    ".so",
    ".dll",
    ".egg",
    ".whl",
    ".deb",
    ".rej",
    ".orig",
    ".log",
}
CONFLICT = re.compile(r"^(<{7}|>{7}|={7})( |$)", re.MULTILINE)

ALL = files()
TEXTS = [path for path in ALL if text(path)]


def lines_with(pattern, paths=TEXTS):
    return [
        f"{label(path)}:{number}: {line.strip()[:100]}"
        for path in paths
        for number, line in enumerate(text(path).splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_host_of_a_package_registry():
    assert lines_with(re.compile("|".join(map(re.escape, HOSTS)))) == []


def test_no_path_of_a_machine():
    assert lines_with(MACHINE) == []


def test_nothing_is_left_for_later():
    assert lines_with(UNFINISHED, [p for p in TEXTS if p.name != "LICENSE"]) == []


def test_no_key_and_no_certificate():
    named = [
        label(p) for p in ALL if p.suffix in KEY_FILES or p.name.startswith(".env")
    ]
    assert named == []
    assert lines_with(PEM) == []


def test_nothing_built():
    assert [
        label(p) for p in ALL if p.suffix in COMPILED or "__pycache__" in p.parts
    ] == []


def test_no_conflict_marker():
    assert [label(path) for path in TEXTS if CONFLICT.search(text(path))] == []


def test_files_tell_one_story():
    long = {
        label(path): count
        for path in TEXTS
        if (path.suffix in SOURCES or label(path) in SCRIPTS)
        and (count := len(text(path).splitlines())) > LINES
    }
    assert long == {}


def test_files_are_small():
    assert [label(path) for path in ALL if path.stat().st_size > SIZE] == []


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_scripts_can_be_run(name):
    path = ROOT / name
    assert path.stat().st_mode & 0o111, "not executable"
    assert text(path).startswith("#!/usr/bin/env bash\n")


def test_text_files_end_with_one_newline():
    wrong = [
        label(path)
        for path in TEXTS
        if path.suffix not in {".po", ".pot", ".patch"}
        and (not text(path).endswith("\n") or text(path).endswith("\n\n"))
    ]
    assert wrong == []


def test_licence_is_the_affero_licence():
    licence = text(ROOT / "LICENSE")
    assert "GNU AFFERO GENERAL PUBLIC LICENSE" in licence
    assert "13. Remote Network Interaction" in licence
