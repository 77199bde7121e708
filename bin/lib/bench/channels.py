"""A storm over all channels: nothing lost, nothing doubled, nothing shipped in vain.

Buyers order on four simulated channels at once; every event comes five times and
shuffled, 3 % of them never; 1 % of our calls meet a broken gateway; all access tokens
end in the middle; 2 % of the buyers cancel, half of them while their orders come in,
half while notes, labels and parcels are made. A real Odoo server with its job runner
works, a second one answers the channels' notifications.

``wall_s``, ``cpu_ms`` and ``sql`` are those of the first part, from the first sale to
the last order that is confirmed and has its goods; then the server starts again and
does the rest until the last parcel has left. When all orders are placed, each account
looks for changed orders once, as its cron does every ten minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from configparser import ConfigParser
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ..day.market import SHOPS, Market
from ..day.processes import Program, WorldError
from ..day.rpc import OdooClient
from ..day.web import get, post
from ..day.world import COMPANY, ODOO, PASSWORD, World
from . import drain
from .storm.books import Books
from .storm.proof import percentile, prove
from .storm.weather import Weather

LATENCY_MS = 50
SEED = 2026
REGRET_SHARE = 0.01
LIMIT_SECONDS = 1200
DISPATCH_BATCH = 50
# Between two rounds at the dock: each asks the channels about every parcel.
ROUND_SECONDS = 15
# The first part ends with the reservation.
IMPORT_ONLY = ",root.b2c.invoice:1:paused"


class Run:
    """One run."""

    def __init__(
        self, world: World, n: int, channels: list[str], *, calm: bool = False
    ) -> None:
        self.world = world
        self.n = n
        self.markets = [Market(world.folder, channel) for channel in channels]
        self.hook = Program(world.folder, "webhook")
        self.weather = Weather(self.markets, LATENCY_MS, SEED, calm=calm)
        self.books = Books(world.database, self.markets)
        self.regrets = 0 if calm else max(1, round(n * REGRET_SHARE))
        self.rss_start = self.rss_end = 0.0

    def figures(self) -> dict[str, Any]:
        """Both parts, then the proof."""
        self.start(IMPORT_ONLY)
        imported = self._import()
        print(f"imported: {imported}", file=sys.stderr)
        self._ship()
        proof = prove(self.books.theirs(), self.books.ours())
        for name, ids in vars(proof).items():
            if ids:
                print(f"{name}: {', '.join(ids)}", file=sys.stderr)
        return {
            "n": self.n,
            "orders": len(self.books.ours()),
            **{name: len(ids) for name, ids in vars(proof).items()},
            "gets_per_order": round(self.books.gets() / self.n, 1),
            "webhook_p99_ms": percentile(self.books.delivery_ms(), 0.99),
            **imported,
            "rss_start_mb": round(self.rss_start),
            "rss_end_mb": round(self.rss_end),
        }

    def stop(self) -> None:
        """Everything."""
        for program in (self.hook, *self.markets):
            program.stop()
        self.world.stop()

    # === THE TWO PARTS === #

    def start(self, more_channels: str = "") -> None:
        """Everything; the accounts are connected, nobody has bought yet."""
        self.world.start_sefaz()
        for market in self.markets:
            self.world.open_market(market)
        self._launch(more_channels)
        address = self._start_hook()
        admin = self.world.client()
        admin.call(
            "ir.config_parameter", "set_param", "web.base.url", self.world.odoo_url
        )
        company = admin.search_read(
            "res.company", [("name", "=", COMPANY["name"])], "id"
        )[0]["id"]
        admin.call("res.company", "write", [company], self.world.sefaz_settings())
        self.weather.rise()
        for market in self.markets:
            account = market.connect(admin, company)["id"]
            # After the consent, whose way back is the other process.
            values = {"public_url": address, "import_from": _past_days_end()}
            admin.call("marketplace.account", "write", [account], values)
            found = admin.call("marketplace.account", "read", [account], ["hook_url"])
            url = found[0]["hook_url"]
            post(f"{market.at['control']}/notifications", {"url": url})

    def _launch(self, more_channels: str = "") -> None:
        """Odoo with as many workers and jobs at once as in production."""
        config = ConfigParser()
        config.read("config/odoo.prod.conf")
        os.environ["ODOO_QUEUE_JOB_CHANNELS"] = (
            config["queue_job"]["channels"] + more_channels
        )
        # One more for who dispatches.
        workers = config["options"].getint("workers") + 1
        self.world.launch_odoo("--workers", str(workers))
        # Any other process would take its channels from there, too.
        del os.environ["ODOO_QUEUE_JOB_CHANNELS"]
        self.world.await_odoo()

    def _start_hook(self) -> str:
        """The process that answers notifications and does nothing else; its address."""
        port = self.world.free_port("webhook")
        self.hook.start(
            [
                *(*ODOO, "-c", "config/odoo.webhook.conf", "--addons-path", "addons"),
                *("-d", self.world.database, "--http-interface", "127.0.0.1"),
                *("--http-port", str(port), "--data-dir", os.environ["ODOO_DATA_DIR"]),
                *("--gevent-port", str(self.world.free_port("webhook_gevent"))),
            ]
        )
        address = f"http://127.0.0.1:{port}"

        def answers() -> bool:
            try:
                return bool(get(f"{address}/web/health"))
            except OSError:
                return False

        drain.wait_until(answers, LIMIT_SECONDS, self.hook.require_alive)
        return address

    def _import(self) -> dict[str, float]:
        """From the first sale to the last confirmed order."""
        group = self.world.odoo.pid()
        self.rss_start = drain.memory_mb(group)
        cpu, start = drain.cpu_seconds(group), time.monotonic()
        self.weather.sell(self.n)
        self.weather.regret(self.regrets)
        self.weather.expire_tokens()
        self.look()
        self._await(lambda: self.books.confirmed() + self.books.cancelled() >= self.n)
        wall = time.monotonic() - start
        spent = drain.cpu_seconds(group) - cpu
        queries = drain.queries_by_job(self.world.odoo.log)
        return {
            "cpu_ms": round(spent * 1000 / self.n, 1),
            "sql": round(sum(queries.values()) / self.n, 1),
            "wall_s": round(wall, 1),
        }

    def _ship(self) -> None:
        """The rest, on a server that was started again."""
        self._launch()
        self.finish()
        self.rss_end = drain.memory_mb(self.world.odoo.pid())

    def finish(self) -> None:
        """Until the last parcel has left; some more buyers cancel on the way."""
        warehouse = self.world.client("expedicao", PASSWORD)
        left = self.regrets

        def done() -> bool:
            nonlocal left
            time.sleep(ROUND_SECONDS)
            left -= self.weather.regret(min(left, 1))
            self._dispatch(warehouse)
            for market, ids in self.books.to_pick_up():
                post(
                    f"{market.at['control']}/advance",
                    {"order_ids": ids, "event": "ship"},
                )
            return not left and not self.books.unfinished()

        self._await(done)

    def _dispatch(self, warehouse: OdooClient) -> None:
        """The warehouse dispatches what has its label; the guard says what stays."""
        ready = warehouse.call(
            "sale.order",
            "search",
            [
                ("is_b2c", "=", True),
                ("b2c_parcel_state", "in", ("label_ready", "printed")),
                ("b2c_order_state", "!=", "cancelled"),
            ],
        )
        for start in range(0, len(ready), DISPATCH_BATCH):
            warehouse.call(
                "sale.order",
                "action_b2c_dispatch",
                ready[start : start + DISPATCH_BATCH],
            )

    def look(self) -> None:
        """Each account looks for changed orders.

        From the beginning: where buyers may regret, the orders were made in a past
        that the accounts have already asked about.
        """
        admin = self.world.client()
        accounts = admin.call("marketplace.account", "search", [])
        admin.call("marketplace.account", "write", accounts, {"poll_cursor": False})
        admin.call("marketplace.account", "action_import_now", accounts)

    def _await(self, condition: Any) -> None:
        drain.wait_until(condition, LIMIT_SECONDS, self._require_alive)

    def _require_alive(self) -> None:
        for program in (self.world.odoo, self.world.sefaz, self.hook, *self.markets):
            program.require_alive()


def _past_days_end() -> str:
    """Before anybody bought."""
    return f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d %H:%M:%S}"


def arguments(prog: str, about: str) -> argparse.ArgumentParser:
    """The options that benches with all channels share."""
    parser = argparse.ArgumentParser(
        prog=prog,
        description=about,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--n", type=int, default=1000, help="orders, or those of a day")
    parser.add_argument("--channels", default=",".join(SHOPS))
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    parser.add_argument("--database", help=argparse.SUPPRESS)
    return parser


def carry_out(run: Run, as_json: bool) -> None:
    """Run, stop everything, print the figures."""
    try:
        figures = run.figures()
    except (TimeoutError, WorldError) as error:
        sys.exit(str(error))
    finally:
        run.stop()
        shutil.rmtree(run.world.folder, ignore_errors=True)
    if as_json:
        sys.stdout.write(json.dumps(figures) + "\n")
    else:
        for name, value in figures.items():
            sys.stdout.write(f"{name:16} {value}\n")


def main() -> None:
    """The command line."""
    parser = arguments("bin/bench channels", __doc__)
    parser.add_argument("--calm", action="store_true", help="nothing goes wrong")
    chosen = parser.parse_args()
    world = World(Path(os.environ["B2C_LOCAL"]), chosen.database, odoo_port=0)
    run = Run(world, chosen.n, chosen.channels.split(","), calm=chosen.calm)
    carry_out(run, chosen.json)


if __name__ == "__main__":
    main()
