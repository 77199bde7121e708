"""What happens at the channels: orders, regrets, lost events, broken lines."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
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
WEIGHTS = {"mercadolivre": 4, "shopee": 3, "magalu": 2, "amazon": 1}
"""What each channel sells of ten. Amazon tells about one order in two seconds and the
guard asks four times about each, so it would be Amazon's clock that is measured."""
BATCH = 10
SLACK_SECONDS = 60


def shares(count: int, weights: list[int]) -> list[int]:
    """``count`` things by weight, to the last one."""
    bounds = [count * sum(weights[:end]) // sum(weights) for end in range(len(weights))]
    return [high - low for low, high in pairwise([*bounds, count])]


class Weather:
    """The storm over some markets, or none; ``seed`` decides who regrets."""

    def __init__(
        self,
        markets: list[Market],
        latency_ms: float,
        seed: int,
        *,
        calm: bool = False,
    ) -> None:
        self.markets = markets
        self.calm = calm
        self._latency_ms = latency_ms
        self._rng = random.Random(seed)
        self._happy: list[tuple[Market, str]] = []

    def rise(self) -> None:
        """Events five times and shuffled, 3 % of them lost, 1 % of the calls broken."""
        for market in self.markets:
            self._tell(market, "settings", latency_ms=self._latency_ms)
            if self.calm:
                continue
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
        amounts = shares(count, [WEIGHTS[market.channel] for market in self.markets])
        plans = list(zip(self.markets, amounts, strict=True))
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
        for market in [] if self.calm else self.markets:
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
