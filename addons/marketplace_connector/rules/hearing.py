"""Which events of a notification are fit to be stored. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from ..domain.contract import ChannelEvent

EVENT_LIFE = timedelta(hours=24)
"""A signed event that is older was told before: Shopee, the slowest of those that sign,
tries for four hours. Younger ones are known by their key (``KEEP_INBOX``)."""

AHEAD = timedelta(minutes=5)
"""How much the channel's clock may be before ours."""

ID_LIMIT = 128
"""Characters of an id; the longest of any channel has 40."""


def is_replay(events: Sequence[ChannelEvent], received_at: datetime) -> bool:
    """Was this signed notification recorded and sent again, or dated ahead?

    An event whose signed part has no time is known by its key alone.
    """
    ages = [received_at - event.occurred_at for event in events if event.occurred_at]
    return any(not -AHEAD <= age <= EVENT_LIFE for age in ages)


def is_plausible(event: ChannelEvent, account_ref: str) -> bool:
    """About our account, with ids that can be some: nothing else is believed."""
    if not account_ref or event.account_ref != account_ref:
        return False
    return all(
        len(text) <= ID_LIMIT and "\0" not in text
        for text in (event.external_id, event.dedupe_key, event.topic)
    )
