"""What bin/ reads from the manifests."""

import subprocess
import sys
from pathlib import Path

import polib

from bin.lib import addons
from bin.lib.merge_po import merge

ROOT = Path(__file__).parents[3]


def test_names_and_dependencies_share_nothing():
    ours, theirs = set(addons.manifests()), set(addons.dependencies())
    assert "industry_b2c_sales" in ours
    assert {"queue_job", "sale_stock"} <= theirs
    assert not ours & theirs


def test_command_line_is_one_line_for_odoo():
    command = [sys.executable, str(ROOT / "bin/lib/addons.py"), "names"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip().split(",") == sorted(addons.manifests())


def write(path, **terms):
    catalog = polib.POFile()
    catalog.metadata = {"POT-Creation-Date": "2026-01-01 00:00+0000"}
    for msgid, msgstr in terms.items():
        catalog.append(polib.POEntry(msgid=msgid, msgstr=msgstr))
    catalog.save(str(path))


def test_merge_keeps_translations_and_drops_what_is_gone(tmp_path):
    folder = tmp_path / "nfe_batch/i18n"
    folder.mkdir(parents=True)
    write(tmp_path / "new.pot", Send="", Label="")
    write(folder / "pt_BR.po", Send="Enviar", Gone="Foi-se")
    assert merge(tmp_path / "new.pot", folder) == (2, 1)
    merged = polib.pofile(str(folder / "pt_BR.po"))
    assert {e.msgid: e.msgstr for e in merged} == {"Send": "Enviar", "Label": ""}
    assert not merged.obsolete_entries()
    assert merged.metadata["Language"] == "pt_BR"
    assert "POT-Creation-Date" not in merged.metadata


def test_merge_twice_changes_nothing(tmp_path):
    folder = tmp_path / "nfe_batch/i18n"
    folder.mkdir(parents=True)
    write(tmp_path / "new.pot", Send="")
    merge(tmp_path / "new.pot", folder)
    first = (folder / "pt_BR.po").read_bytes()
    merge(tmp_path / "new.pot", folder)
    assert (folder / "pt_BR.po").read_bytes() == first
