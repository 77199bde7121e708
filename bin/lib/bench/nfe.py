"""A thousand notes: from the posted invoice to authorised, stored and labelled.

The invoices of consumers are posted, and with that signed, before the clock starts.
Then a real Odoo server, with its job runner and workers, sends them to the simulated
SEFAZ, whose answers take 300 ms, and draws the labels. CPU and SQL are those of the
signing and of all processes of the server; the simulator's are not ours. In the same
run: build and sign, outside Odoo, our way and the way of other libraries, and the RSA
signature that is the limit of all.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from ..day.processes import WorldError
from ..day.web import read
from ..day.world import PASSWORD, World
from . import drain, intake, nfe_sign, shop
from .meter import Meter
from .server import environment

LATENCY_MS = 300
SEED = 2026
SIGNED = 200
# Memory is compared from here on: each worker has loaded what it needs.
WARM = 50
LIMIT_SECONDS = 900
UNDECIDED = ("pending", "enqueued", "started", "wait_dependencies")


class Run:
    """One run: the world, the posted notes, the figures."""

    def __init__(self, env: Any, world: World, n: int) -> None:
        self.env = env
        self.world = world
        self.n = n
        self.notes = env["l10n_br_fiscal.document"]
        self.rss_start = self.rss_end = 0.0

    def figures(self) -> dict[str, Any]:
        """All of it, in the order of the report."""
        self.world.start_sefaz(LATENCY_MS)
        self.env.company.write(self.world.sefaz_settings())
        self._post()
        outside = self._sign_outside()
        signing = self._sign_again()
        # Crons would do other work, and their CPU would be counted.
        self.world.launch_odoo("--max-cron-threads", "0")
        self.world.await_odoo()
        wall, cpu = self._drain()
        stages = self._stages()
        return {
            "n": self.n,
            "authorised": self._authorised(),
            "wall_s": round(wall, 1),
            **outside,
            "odoo_cpu_ms": round(cpu * 1000 / self.n + signing["cpu_ms"], 1),
            "odoo_sql": round(
                sum(stage["sql"] for stage in stages.values()) + signing["sql"], 1
            ),
            "rss_start_mb": round(self.rss_start),
            "rss_end_mb": round(self.rss_end),
            "stages": {"sign": signing, **stages},
        }

    # === BEFORE THE CLOCK === #

    def _post(self) -> None:
        """Orders of consumers until their posted invoice; nothing is sent yet."""
        sales, _reserved, _whole = intake.ours(self.env, shop.orders(self.n, SEED))
        self.notes = sales.invoice_ids.fiscal_document_id
        unsigned = self.notes.filtered(lambda note: not note.nfe_signed_id)
        if len(self.notes) != self.n or unsigned:
            raise WorldError(f"{self.n} notes expected, not {len(self.notes)} signed")
        # The queue is filled again when the clock starts.
        self.env["queue.job"].search([("state", "in", UNDECIDED)]).unlink()
        self.env.cr.commit()

    def _sign_outside(self) -> dict[str, Any]:
        """Build and sign outside Odoo, on the data of these notes."""
        notes = [note._nfe_document_data() for note in self.notes[:SIGNED]]
        pfx = base64.b64decode(self.world.certificate()["content"])
        return nfe_sign.figures(notes, pfx, PASSWORD, self.world.folder.parent)

    def _sign_again(self) -> dict[str, float]:
        """What it cost to sign and store when the invoices were posted, per note."""
        meter = Meter()
        notes = self.notes[:SIGNED]
        # As in a process that signed before.
        notes[0]._nfe_sign()
        self.env.flush_all()
        self.env.invalidate_all()
        for start in range(0, len(notes), intake.CHUNK):
            with meter.running(self.env.cr):
                for note in notes[start : start + intake.CHUNK]:
                    note._nfe_sign()
            self.env.invalidate_all()
        self.env.cr.rollback()
        return meter.each(len(notes))

    # === THE CLOCK === #

    def _drain(self) -> tuple[float, float]:
        """Queue all notes at once and wait for the last label.

        :return: seconds on the clock, and of CPU
        """
        group = self.world.odoo.pid()
        cpu, start = drain.cpu_seconds(group), time.monotonic()
        self.notes._nfe_queue_send()
        self.env.cr.commit()
        drain.wait_until(self._is_done, LIMIT_SECONDS, self._look_after)
        wall = time.monotonic() - start
        self.rss_end = drain.memory_mb(group)
        return wall, drain.cpu_seconds(group) - cpu

    def _stages(self) -> dict[str, dict[str, float]]:
        """Jobs by method, their queries per note and the seconds of the workers."""
        queries = drain.queries_by_job(self.world.odoo.log)
        stages = drain.stages(self.env.cr, queries)
        for stage in stages.values():
            stage["sql"] = round(stage["sql"] / self.n, 1)
        return stages

    def _is_done(self) -> bool:
        """Every note has its label and no job is left."""
        cr = self.env.cr
        cr.execute(
            "SELECT count(nfe_label_id) FROM l10n_br_fiscal_document"
            " WHERE id = ANY(%s)",
            [self.notes.ids],
        )
        labels = cr.fetchone()[0]
        if not self.rss_start and labels >= min(WARM, self.n):
            self.rss_start = drain.memory_mb(self.world.odoo.pid())
        if labels < self.n:
            cr.rollback()
            return False
        cr.execute(
            "SELECT count(*) FROM queue_job WHERE state = ANY(%s)", [list(UNDECIDED)]
        )
        left = cr.fetchone()[0]
        cr.rollback()
        return not left

    def _look_after(self) -> None:
        self.world.sefaz.require_alive()
        self.world.odoo.require_alive()

    def _authorised(self) -> int:
        """Notes that are authorised in both books, with their XML and label here."""
        self.env.invalidate_all()
        books = {
            row["key"] for row in read(f"{self.world.sefaz_at['control']}/__ctl/notes")
        }
        stored = self.notes.filtered(
            lambda note: (
                note.state_edoc == "autorizada"
                and note.nfe_proc_id
                and note.nfe_label_id
            )
        )
        return len(books & set(stored.mapped("document_key")))


def run(database: str, n: int) -> dict[str, Any]:
    """The figures of one run."""
    world = World(Path(os.environ["B2C_LOCAL"]), database, odoo_port=0)
    with environment(database) as env:
        try:
            return Run(env, world, n).figures()
        finally:
            world.stop()


def table(figures: dict[str, Any]) -> str:
    """The figures for people."""
    rows = []
    for name, value in figures.items():
        if isinstance(value, dict):
            rows += [f"{name}", *(f"  {key:24} {one}" for key, one in value.items())]
        else:
            rows.append(f"{name:26} {value}")
    return "\n".join(rows) + "\n"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bin/bench nfe", description=__doc__)
    parser.add_argument("--n", type=int, default=1000, help="notes")
    parser.add_argument(
        "--json", action="store_true", help="figures as JSON, last line"
    )
    parser.add_argument("--database", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    figures = run(chosen.database, chosen.n)
    sys.stdout.write(table(figures))
    if chosen.json:
        sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
