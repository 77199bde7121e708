"""What the manifests in addons/ say: `names` and `dependencies`, comma separated."""

import ast
import sys
from pathlib import Path

ADDONS = Path(__file__).resolve().parents[2] / "addons"


def manifests():
    """Technical name -> manifest of each installable addon of this repository."""
    return {
        path.parent.name: ast.literal_eval(path.read_text())
        for path in sorted(ADDONS.glob("*/__manifest__.py"))
    }


def dependencies():
    """The direct dependencies that are not ours."""
    ours = manifests()
    return sorted({name for m in ours.values() for name in m["depends"]} - set(ours))


if __name__ == "__main__":
    print(",".join({"names": manifests, "dependencies": dependencies}[sys.argv[1]]()))
