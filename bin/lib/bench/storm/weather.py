"""What happens at the channels: orders, regrets, lost events, broken lines."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ...day.market import Market
from ...day.web import post

DUPLICATES = 5
LOST_EVERY = 33
FAULT_EVERY = 100
MANY = 10**6
STATES = ("SP", "RJ", "MG", "BA", "SC")
SKUS = ("CAD-ALT-01", "BAN-MAD-02", "MES-LAT-03")
"""What all channels sell."""
BATCH = 10
SLACK_SECONDS = 60


class Weather:
    """The storm over some markets; ``seed`` decides who regrets."""

    def __init__(self, markets: list[Market], latency_ms: float, seed: int) -> None:
        self.markets = markets
        self._latency_ms = latency_ms
        self._rng = random.Random(seed)
        self._happy: list[tuple[Market, str]] = []

    def rise(self) -> None:
        """Events five times and shuffled, 3 % of them lost, 1 % of the calls broken."""
        for market in self.markets:
            self._tell(market, "settings", latency_ms=self._latency_ms)
            self._tell(
                market,
                "notifications",
                duplicates=DUPLICATES,
                reorder=True,
                lose_every=LOST_EVERY,
            )
            self._tell(
                market, "fault", kind="http_error", every=FAULT_EVERY, times=MANY
            )

    def sell(self, count: int) -> None:
        """So many buyers over all markets, each market on its own."""
        share, rest = divmod(count, len(self.markets))
        plans = [
            (market, share + (place < rest))
            for place, market in enumerate(self.markets)
        ]
        with ThreadPoolExecutor(len(plans)) as pool:
            for market, ids in pool.map(self._sell, plans):
                self._happy += [(market, order_id) for order_id in ids]
        self._rng.shuffle(self._happy)

    def regret(self, count: int) -> int:
        """So many buyers cancel, where the channel still lets them; how many did."""
        done = 0
        for _ in range(min(count, len(self._happy))):
            market, order_id = self._happy.pop()
            answer = self._tell(market, "advance", order_id=order_id, event="cancel")
            done += answer["results"][order_id] == "done"
        return done

    def expire_tokens(self) -> None:
        """The access tokens of all shops end at once."""
        for market in self.markets:
            self._tell(market, "expire_tokens")

    def _sell(self, plan: tuple[Market, int]) -> tuple[Market, list[str]]:
        """They paid so long ago that the channel lets them leave."""
        market, count = plan
        self._tell(market, "notifications", paused=True)
        self._tell(market, "clock", advance=-market.shop.regret - SLACK_SECONDS)
        ids = self._orders(market, count)
        self._tell(market, "clock", advance=market.shop.regret + SLACK_SECONDS)
        self._tell(market, "notifications", paused=False)
        return market, ids

    def _orders(self, market: Market, count: int) -> list[str]:
        ids: list[str] = []
        while len(ids) < count:
            amount = min(BATCH, count - len(ids))
            batch = len(ids) // BATCH
            made = market.order(
                count=amount,
                uf=STATES[batch % len(STATES)],
                lines=[{"seller_sku": SKUS[batch % len(SKUS)], "quantity": 1}],
            )
            ids += map(str, made["order_ids"])
        return ids

    def _tell(self, market: Market, what: str, **body: Any) -> dict[str, Any]:
        return post(f"{market.at['control']}/{what}", body)
