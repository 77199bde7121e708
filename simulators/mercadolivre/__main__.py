"""Command line: ``python -m simulators.mercadolivre --seller-cnpj …``.

Prints one JSON line when ready and stops on SIGTERM or SIGINT.
"""

from __future__ import annotations

import argparse
from datetime import timedelta

from simulators.common.channel.command import parser_of, serve
from simulators.common.channel.engine import Credentials

from .records import Seller
from .simulator import MercadoLivreSimulator


def _arguments() -> argparse.Namespace:
    parser = parser_of("mercadolivre")
    parser.add_argument("--seller-cnpj", default=Seller.cnpj)
    parser.add_argument("--seller-id", type=int, default=Seller.user_id)
    parser.add_argument("--seller-ie", help="checked in every NF-e when given")
    parser.add_argument("--seller-zip", help="checked in every NF-e when given")
    parser.add_argument("--seller-uf", help="checked in every NF-e when given")
    parser.add_argument("--client-id", help="default: made up and kept in the state")
    parser.add_argument("--client-secret")
    parser.add_argument("--accept-homologation", action="store_true")
    parser.add_argument("--ready-delay", type=float, default=0, metavar="SECONDS")
    return parser.parse_args()


def main() -> None:
    """Serve until told to stop."""
    args = _arguments()
    seller = Seller(
        user_id=args.seller_id,
        cnpj=args.seller_cnpj,
        state_tax_id=args.seller_ie,
        zip_code=args.seller_zip,
        uf=args.seller_uf,
    )
    credentials = None
    if args.client_id and args.client_secret:
        credentials = Credentials(args.client_id, args.client_secret)
    simulator = MercadoLivreSimulator(
        args.state,
        seller=seller,
        accept_homologation=args.accept_homologation,
        port=args.port,
        credentials=credentials,
        callback=args.callback,
        ready_delay=timedelta(seconds=args.ready_delay),
    )
    serve(
        simulator,
        client_id=simulator.client_id,
        client_secret=simulator.client_secret,
        seller_id=seller.user_id,
    )


if __name__ == "__main__":
    main()
