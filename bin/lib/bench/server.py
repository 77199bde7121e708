"""An Odoo registry inside a bench's process, without a server around it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..day.world import COMPANY


@contextmanager
def environment(database: str) -> Iterator[Any]:
    """The superuser's environment in the demo company; the caller commits."""
    # The settings must be known before the first addon is imported.
    from odoo.tools import config

    config.parse_config(["-c", "config/odoo.test.conf", "-d", database])
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "pt_BR"})
        company = env["res.company"].search([("name", "=", COMPANY["name"])])
        yield env(context={**env.context, "allowed_company_ids": company.ids})
