"""Intake of consumer orders: the stack's own way against ours, per order.

Ours takes orders in by chunks, from the channel's data to a posted invoice. The stack's
way makes partner, order, confirmation, invoice and posting one by one, with the prices
that ours found, and every field that matters is compared.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from typing import Any

from . import compare, shop
from .meter import Meter
from .multiply import multiply
from .server import environment

CHUNK = 50
COMPARED = 200
SEED = 2026
# The first orders of a process pay for its caches.
WARM_UP = 10
# Sold before the measurement by the real way; the rest of the past are copies of them.
MODELS = 500


def ours(env: Any, orders: list[Any]) -> tuple[Any, Meter, Meter]:
    """The sale orders, what it cost until the reservation, and all of it."""
    reserved, whole = Meter(), Meter()
    sales = env["sale.order"]
    for start in range(0, len(orders), CHUNK):
        with whole.running(env.cr), reserved.running(env.cr):
            chunk = sales._b2c_intake(orders[start : start + CHUNK])
            records = sales.browse([result.order_id for result in chunk])._b2c_quietly()
            records._b2c_advance_confirm()
            records._b2c_advance_reserve()
        with whole.running(env.cr):
            records._b2c_advance()
        sales |= records
        env.cr.commit()
        env.invalidate_all()
    return sales, reserved, whole


def the_stack(env: Any, models: Iterable[Any]) -> tuple[Any, Meter]:
    """The same sales again, made as a program without our addons would."""
    meter = Meter()
    sales = env["sale.order"]
    for model in models:
        partner, order = compare.values_of(model)
        with meter.running(env.cr):
            order["partner_id"] = env["res.partner"].create(partner).id
            sale = env["sale.order"].create(order)
            sale.action_confirm()
            sale._create_invoices().action_post()
        sales |= sale
        env.cr.commit()
        env.invalidate_all()
    return sales, meter


def the_past(env: Any, count: int) -> None:
    """So many orders of other consumers that were invoiced and left, about."""
    sales = ours(env, shop.orders(min(count, MODELS), SEED + 1, "old"))[0]
    sales._b2c_validate_open()
    roots = {
        "sale_order": sales.ids,
        "res_partner": (sales.partner_id | sales.partner_shipping_id).ids,
    }
    env.cr.commit()
    multiply(env.cr, roots, count // MODELS - 1)
    env.invalidate_all()


def run(database: str, n: int, preload: int) -> dict[str, Any]:
    """The figures of one run."""
    with environment(database) as env:
        ours(env, shop.orders(WARM_UP, SEED - 1, "warm"))
        if preload:
            the_past(env, preload)
        sales, reserved, whole = ours(env, shop.orders(n, SEED))
        models = sales[:COMPARED]
        copies, stack = the_stack(env, models)
        stack_each = stack.each(len(copies))
        ours_each = whole.each(n)
        return {
            "n": n,
            "stack": stack_each,
            "ours": ours_each,
            "to_reserved": reserved.each(n),
            "ratio_cpu": round(stack_each["cpu_ms"] / ours_each["cpu_ms"], 2),
            "identical": not compare.differences(models, copies),
            "compared": len(copies),
            "preload": preload,
        }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bin/bench intake", description=__doc__)
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--preload", type=int, default=0, help="orders there already")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    parser.add_argument("--database", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    figures = run(chosen.database, chosen.n, chosen.preload)
    if chosen.json:
        sys.stdout.write(json.dumps(figures) + "\n")
    else:
        for name, value in figures.items():
            sys.stdout.write(f"{name:12} {value}\n")


if __name__ == "__main__":
    main()
