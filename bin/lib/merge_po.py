"""Write ADDON.pot and merge it into pt_BR.po: kept translations, no obsolete terms."""

import sys
from pathlib import Path

import polib

# Odoo writes the day of the export into the file: noise in every diff.
VOLATILE = ("POT-Creation-Date", "PO-Revision-Date")


def merge(pot_path: Path, folder: Path) -> tuple[int, int]:
    """Return how many terms there are and how many still lack a translation."""
    pot = polib.pofile(str(pot_path))
    addon = folder.parent.name
    for key in VOLATILE:
        pot.metadata.pop(key, None)
    target = folder / "pt_BR.po"
    old = polib.pofile(str(target)) if target.exists() else []
    known = {(e.msgctxt, e.msgid): e.msgstr for e in old if not e.obsolete}
    pot.save(str(folder / f"{addon}.pot"))
    pot.metadata["Language"] = "pt_BR"
    for entry in pot:
        entry.msgstr = known.get((entry.msgctxt, entry.msgid), "")
        entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
    pot.save(str(target))
    return len(pot), sum(not entry.msgstr for entry in pot)


if __name__ == "__main__":
    total, missing = merge(Path(sys.argv[1]), Path(sys.argv[2]))
    print(f"{sys.argv[2]}: {total} terms, {missing} to translate")
