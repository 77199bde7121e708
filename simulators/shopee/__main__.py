"""Command line: ``python -m simulators.shopee --shop-cnpj …``.

Prints one JSON line when ready and stops on SIGTERM or SIGINT.
"""

from __future__ import annotations

from simulators.common.channel.command import parser_of, serve
from simulators.common.channel.engine import Credentials

from .records import Shop
from .simulator import ShopeeSimulator


def main() -> None:
    """Serve until told to stop."""
    parser = parser_of("shopee")
    parser.add_argument("--shop-id", type=int, default=Shop.shop_id)
    parser.add_argument("--shop-cnpj", default=Shop.cnpj)
    parser.add_argument("--shop-ie", help="checked in every NF-e when given")
    parser.add_argument("--shop-uf", help="checked in every NF-e when given")
    parser.add_argument("--partner-id", help="default: made up, kept in the state")
    parser.add_argument("--partner-key")
    args = parser.parse_args()
    shop = Shop(
        shop_id=args.shop_id,
        cnpj=args.shop_cnpj,
        state_tax_id=args.shop_ie,
        uf=args.shop_uf,
    )
    credentials = None
    if args.partner_id and args.partner_key:
        credentials = Credentials(args.partner_id, args.partner_key)
    simulator = ShopeeSimulator(
        args.state,
        shop=shop,
        port=args.port,
        credentials=credentials,
        callback=args.callback,
    )
    serve(
        simulator,
        client_id=simulator.client_id,
        client_secret=simulator.client_secret,
        shop_id=shop.shop_id,
    )


if __name__ == "__main__":
    main()
