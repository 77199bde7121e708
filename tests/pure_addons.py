"""Only pure code loads in tests without a database.

``odoo``, ``odoo.addons`` and each of our addons are empty packages: the addon's own
``__init__`` never runs, and whatever imports the real Odoo fails at once.
"""

import sys
from pathlib import Path
from types import ModuleType

_ADDONS = Path(__file__).resolve().parents[1] / "addons"


def install() -> None:
    """Make ``odoo.addons.<ours>`` importable; once is enough."""
    if "odoo" in sys.modules:
        return
    _package("odoo")
    _package("odoo.addons")
    for manifest in sorted(_ADDONS.glob("*/__manifest__.py")):
        _package(f"odoo.addons.{manifest.parent.name}", manifest.parent)


def _package(name: str, *folders: Path) -> None:
    module = ModuleType(name)
    module.__path__ = [str(folder) for folder in folders]
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)
