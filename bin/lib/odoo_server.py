"""Odoo's command line as a file: `python bin/lib/odoo_server.py -c …`.

With workers `python -m odoo` does not do: Odoo starts its websocket process by the path
of the running program, and `odoo/__main__.py` does not run by its path. It dies and is
started again several times a second, for as long as the server lives.
"""

import sys
from pathlib import Path


def main() -> None:
    """Run Odoo's own command line."""
    here = str(Path(__file__).parent)
    # Python puts the program's folder first; its modules are none of Odoo's business.
    sys.path[:] = [entry for entry in sys.path if entry != here]
    from odoo.cli import main as command

    command()


if __name__ == "__main__":
    main()
