"""The program behind bin/demo; see ``bin/demo --help``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

from .books import Books
from .export import export
from .processes import WorldError
from .report import Progress, table
from .selling_day import run
from .world import PASSWORD, USERS, World

SEED = 2026


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="bin/demo",
        description="Set up everything and run one selling day on this machine.",
    )
    parser.add_argument("--orders", type=int, default=100, metavar="N")
    parser.add_argument("--seed", type=int, default=SEED, help="which day it is")
    parser.add_argument(
        "--once",
        action="store_true",
        help="run the day, print one JSON object on the last line, stop everything",
    )
    parser.add_argument(
        "--export",
        type=Path,
        metavar="DIR",
        help="write every procNFe, event XML and label PDF there",
    )
    parser.add_argument("--stop", action="store_true", help="stop what is running")
    parser.add_argument(
        "--name", default="demo", help="database and folder, for a second demo"
    )
    parser.add_argument("--port", type=int, default=8069)
    parser.add_argument(
        "--fresh", action="store_true", help="forget the earlier days first"
    )
    return parser.parse_args()


def main() -> int:
    """Run, report, and stop or leave everything running."""
    options = arguments()
    world = World(Path(os.environ["B2C_LOCAL"]), options.name, options.port)
    if options.stop:
        world.stop()
        return 0
    try:
        return _day(world, options)
    except (WorldError, OSError) as error:
        print(f"erro: {error}", file=sys.stderr)
        world.stop()
        return 1
    except BaseException:
        # Ctrl-C or a defect: nothing may be left running.
        world.stop()
        raise


def _day(world: World, options: argparse.Namespace) -> int:
    started = time.monotonic()
    world.start()
    world.connect()
    progress = Progress(options.orders)
    counts = run(world, options.orders, options.seed, progress.show)
    seconds = time.monotonic() - started
    shipped = Books(world).cancelled_shipped()
    if options.export:
        written = export(world.client(), options.export)
        print(f"{written} arquivos em {options.export}", file=sys.stderr)
    print(table(counts, len(shipped), seconds), file=sys.stderr)
    if options.once:
        world.stop()
        result = {
            **counts.as_dict(),
            "cancelled_shipped": len(shipped),
            "seconds": round(seconds, 1),
        }
        print(json.dumps(result))
    else:
        logins = ", ".join(user["login"] for user in USERS)
        print(
            f"\n  {world.odoo_url}  admin / admin  (ou {logins} / {PASSWORD})\n"
            "  bin/demo --stop para encerrar",
            file=sys.stderr,
        )
    return 1 if shipped else 0


if __name__ == "__main__":
    sys.exit(main())
