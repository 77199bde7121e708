"""Only pure code loads here.

``odoo``, ``odoo.addons`` and each of our addons are empty packages: the addon's own
``__init__`` never runs, and whatever imports the real Odoo fails at once.
"""

import sys
from pathlib import Path
from types import ModuleType

from hypothesis import settings

# The same examples in every run and no time limit: a shared machine is slow at times.
settings.register_profile("repository", database=None, deadline=None, derandomize=True)
settings.load_profile("repository")

_ADDONS = Path(__file__).resolve().parents[2] / "addons"


def _package(name: str, *folders: Path) -> None:
    module = ModuleType(name)
    module.__path__ = [str(folder) for folder in folders]
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)


_package("odoo")
_package("odoo.addons")
for _manifest in sorted(_ADDONS.glob("*/__manifest__.py")):
    _package(f"odoo.addons.{_manifest.parent.name}", _manifest.parent)
