"""What the channel in memory knows of hubs, and of people who ask and complain."""

from dataclasses import replace

from .shop import order_of


def hub_order(external_id, origin_id, **changes):
    """An order that a hub passes on; it was placed on the shop under ``origin_id``."""
    order = order_of(external_id, **changes)
    return replace(order, origin_channel="shop", origin_id=origin_id)
