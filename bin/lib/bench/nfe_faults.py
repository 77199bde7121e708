"""NF-e under faults: lines break, answers are lost, workers die; then the proof.

Several workers number, sign, send, cancel and void while a simulated SEFAZ breaks
calls by a plan of the seed, and workers are killed at each point of the pipeline. When
everything is at rest, both books are compared: no number lost, doubled or unexplained,
every key that the SEFAZ authorised is here with the same digest.

Delays are the product's own; the clock leaps over them. What is broken depends on the
seed, what each call meets also on which worker was faster.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from ..day.web import post, read
from ..day.world import World
from .faults import people, workers
from .faults.clock import SharedClock
from .faults.director import Director
from .faults.plan import Plan
from .faults.proof import Proof, Theirs, prove
from .server import environment

SECONDS_EACH = 2.0
LEAST_SECONDS = 240.0


def prepare(database: str, world: World, plan: Plan) -> list[int]:
    """Connect the company, make the drafts, install the points of death."""
    with environment(database) as env:
        people.company_of(env).write(
            {
                "processador_edoc": "nfe_batch",
                "nfe_environment": "2",
                "nfe_endpoint_base": world.sefaz_at["url"],
                "nfe_ca_bundle": world.authority.ca_file.read_text(),
            }
        )
        ids = people.make_documents(env, plan.n)
        env.cr.commit()
    return ids


def soak(database: str, world: World, plan: Plan, folder: Path) -> dict[str, Any]:
    """One run."""
    from odoo import sql_db
    from odoo.modules.registry import Registry

    clock, tally = SharedClock(), workers.Tally(folder)
    install_clock(database, clock)
    ids = prepare(database, world, plan)
    control = world.sefaz_at["control"]
    workers.install_kills(Registry(database), plan, tally)
    workers.install_impatience()
    # Children must not share their parent's connections.
    sql_db.close_all()
    desk = people.Desk(plan, ids)
    director = Director(database, clock, control, desk)
    post(f"{control}/__ctl/plan", plan.order())
    seconds = max(LEAST_SECONDS, plan.n * SECONDS_EACH)
    try:
        director.help(lambda env: people.confirm(env, plan.chunks(desk.to_keep)))
        director.drive(lambda: not director.open_documents(ids), seconds)
        director.leap(people.DAY)
        director.help(desk.void)
        director.drive(lambda: not director.open_voidings(), seconds)
    finally:
        director.stop()
    proof = compare(database, ids, control)
    return report(plan, control, tally, proof)


def install_clock(database: str, clock: SharedClock) -> None:
    """Odoo must be configured before the first of its addons is imported."""
    from odoo.tools import config

    config.parse_config(["-c", "config/odoo.test.conf", "-d", database])
    clock.install()


def compare(database: str, ids: list[int], control: str) -> Proof:
    """Both books, and what is wrong in them."""
    theirs = [
        Theirs(
            number=row["number"],
            key=row["key"],
            status=row["status"],
            digest=row["digVal"],
        )
        for row in read(f"{control}/__ctl/notes")
    ]
    voided = [(row["first"], row["last"]) for row in read(f"{control}/__ctl/voided")]
    with environment(database) as env:
        return prove(people.books(env, ids), theirs, voided)


def report(plan: Plan, control: str, tally: workers.Tally, proof: Proof) -> dict:
    """The figures; what is wrong goes to the error output in words."""
    counts = tally.counts()
    deaths = {
        name.removeprefix("killed_"): count
        for name, count in sorted(counts.items())
        if name.startswith("killed_")
    }
    usage = read(f"{control}/__ctl/usage")
    log = read(f"{control}/__ctl/log")
    for name, texts in vars(proof).items():
        for text in texts:
            print(f"{name}: {text}", file=sys.stderr)
    broken = sum(1 for row in log if row["fault"])
    return {
        "n": plan.n,
        "seed": plan.seed,
        "faults": broken + sum(deaths.values()) + counts.get("rolled_back", 0),
        "authorised": len(read(f"{control}/__ctl/notes")),
        **{name: len(texts) for name, texts in vars(proof).items()},
        "abuse_blocks": usage["blocks"],
        "most_uses_an_hour": usage["most"],
        "calls": len(log),
        "kills": deaths,
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="bin/bench nfe-faults",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--n", type=int, default=500, help="notes")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    parser.add_argument("--database", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    # Ended from outside, it must leave nothing running either.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    plan = Plan(chosen.seed, chosen.n)
    world = World(Path(os.environ["B2C_LOCAL"]), chosen.database)
    try:
        world.start_sefaz()
        post(f"{world.sefaz_at['control']}/__ctl/reset", {})
        with tempfile.TemporaryDirectory(prefix="nfe-faults-") as folder:
            figures = soak(chosen.database, world, plan, Path(folder))
    finally:
        world.stop()
        shutil.rmtree(world.folder)
    if chosen.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:18} {value}")
    bad = ("lost", "doubled", "unexplained", "digest_mismatch", "abuse_blocks")
    sys.exit(any(figures[name] for name in bad))


if __name__ == "__main__":
    main()
