"""One marketplace of the demo world: its simulator, and the shop's account in Odoo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .processes import Simulator
from .rpc import OdooClient
from .web import post


@dataclass(frozen=True)
class Shop:
    """How the demo company is known on a channel.

    ``cnpj``: option of the simulator's command line; ``ref``: the seller's id in what
    the simulator says when it is ready; ``settings``: further fields of the account,
    from the same place; ``regret``: seconds after the payment in which the buyer may
    cancel, and in which we hold the order.
    """

    name: str
    cnpj: str = "--seller-cnpj"
    ref: str = "seller_id"
    options: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    regret: int = 0


SHOPS = {
    "mercadolivre": Shop("Loja Mercado Livre", options=("--accept-homologation",)),
    "shopee": Shop("Loja Shopee", cnpj="--shop-cnpj", ref="shop_id", regret=3600),
    "amazon": Shop("Loja Amazon", settings={"amazon_application_id": "application_id"}),
    "magalu": Shop("Loja Magalu", ref="tenant", options=("--accept-homologation",)),
}


class Market(Simulator):
    """A channel's simulator; ``at`` is what it said when it was ready."""

    def __init__(self, folder: Path, channel: str) -> None:
        super().__init__(folder, channel)
        self.channel = channel
        self.shop = SHOPS[channel]
        self.state = folder / f"{channel}.sqlite"
        self.at: dict[str, Any] = {}

    def open(self, port: int, cnpj: str) -> None:
        """Start it for the shop of this company, with the books of the last run."""
        self.at = self.launch(
            f"simulators.{self.channel}",
            *("--state", str(self.state)),
            *("--port", str(port)),
            *(self.shop.cnpj, cnpj),
            *self.shop.options,
        )

    def order(self, **spec: Any) -> dict[str, Any]:
        """Let somebody buy: see ``POST order`` of the control plane."""
        return post(f"{self.at['control']}/order", spec)

    def connect(
        self, admin: OdooClient, company: int, **notifications: Any
    ) -> dict[str, Any]:
        """Make the company's account and consent as a person would.

        :param notifications: settings of how the channel tells what happened
        :return: id and hook_url of the account
        """
        values = {
            "name": self.shop.name,
            "channel": self.channel,
            "company_id": company,
            "base_url": self.at["url"],
            "external_ref": str(self.at[self.shop.ref]),
            "client_id": self.at["client_id"],
            "client_secret": self.at["client_secret"],
            **{name: self.at[key] for name, key in self.shop.settings.items()},
        }
        domain = [("company_id", "=", company), ("channel", "=", self.channel)]
        found = admin.search_read("marketplace.account", domain, "id")
        if found:
            admin.call("marketplace.account", "write", [found[0]["id"]], values)
        else:
            admin.call("marketplace.account", "create", [values])
        account = admin.search_read("marketplace.account", domain, "state", "hook_url")[
            0
        ]
        if account["state"] != "active":
            self._consent(admin, account["id"])
        post(
            f"{self.at['control']}/notifications",
            {"url": account["hook_url"], **notifications},
        )
        return account

    def _consent(self, admin: OdooClient, account: int) -> None:
        """Press "Connect" and agree on the channel's page, with the user's browser."""
        page = admin.call("marketplace.account", "action_connect", [account])["url"]
        # The channel sends the browser to our callback; what that shows, nobody sees.
        for _step in ("the channel's page", "our callback"):
            answer = admin.session.get(page, allow_redirects=False)
            answer.raise_for_status()
            page = answer.headers["Location"]
