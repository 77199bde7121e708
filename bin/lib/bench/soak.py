"""Several days' storms in a row over all channels: no job stuck, memory flat.

The days of ``bin/bench channels``, one after the other on the same processes and
without a night between them. At the end of each day every parcel has left and every
cancelled order is cancelled; ``rss_mb`` is the memory of all of Odoo's processes then.
``calls_per_order`` is what each channel was asked, ``refused`` how often it said that
it was too much.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ..day.world import World
from . import drain
from .channels import Run, arguments, carry_out
from .storm.proof import prove


class Soak(Run):
    """Some days."""

    def __init__(self, world: World, n: int, channels: list[str], days: int) -> None:
        super().__init__(world, n, channels)
        self.days = days

    def figures(self) -> dict[str, Any]:
        """All days, then the proof."""
        self.start()
        memory = [self._day() for _ in range(self.days)]
        proof = prove(self.books.theirs(), self.books.ours())
        calls = self.books.calls()
        return {
            "n": self.n,
            "days": self.days,
            "orders": len(self.books.ours()),
            **{name: len(ids) for name, ids in vars(proof).items()},
            **self.books.left_behind(),
            "refused": self.books.refused(),
            "calls_per_order": {
                name: round(count * len(calls) / (self.n * self.days), 1)
                for name, count in calls.items()
            },
            "rss_mb": memory,
        }

    def _day(self) -> int:
        self.weather.sell(self.n)
        self.weather.regret(self.regrets)
        self.weather.expire_tokens()
        self.look()
        self.finish()
        return round(drain.memory_mb(self.world.odoo.pid()))


def main() -> None:
    """The command line."""
    parser = arguments("bin/bench soak", __doc__)
    parser.add_argument("--days", type=int, default=3)
    chosen = parser.parse_args()
    world = World(Path(os.environ["B2C_LOCAL"]), chosen.database, odoo_port=0)
    run = Soak(world, chosen.n, chosen.channels.split(","), chosen.days)
    carry_out(run, chosen.json)


if __name__ == "__main__":
    main()
