"""Command line: ``python -m simulators.magalu --seller-cnpj …``.

Prints one JSON line when ready and stops on SIGTERM or SIGINT.
"""

from __future__ import annotations

import argparse

from simulators.common.channel.command import parser_of, serve
from simulators.common.channel.engine import Credentials

from .records import Seller
from .simulator import MagaluSimulator


def _arguments() -> argparse.Namespace:
    parser = parser_of("magalu")
    parser.add_argument("--tenant", default=Seller.tenant)
    parser.add_argument("--seller-cnpj", help="checked in every NF-e when given")
    parser.add_argument("--client-id", help="default: made up and kept in the state")
    parser.add_argument("--client-secret")
    parser.add_argument("--accept-homologation", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Serve until told to stop."""
    args = _arguments()
    credentials = None
    if args.client_id and args.client_secret:
        credentials = Credentials(args.client_id, args.client_secret)
    simulator = MagaluSimulator(
        args.state,
        seller=Seller(tenant=args.tenant, cnpj=args.seller_cnpj),
        accept_homologation=args.accept_homologation,
        port=args.port,
        credentials=credentials,
        callback=args.callback,
    )
    serve(
        simulator,
        client_id=simulator.client_id,
        client_secret=simulator.client_secret,
        tenant=args.tenant,
    )


if __name__ == "__main__":
    main()
