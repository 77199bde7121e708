"""Command line: ``python -m simulators.amazon --seller-cnpj …``.

Prints one JSON line when ready and stops on SIGTERM or SIGINT.
"""

from __future__ import annotations

from simulators.common.channel.command import parser_of, serve
from simulators.common.channel.engine import Credentials

from .records import Seller
from .simulator import AmazonSimulator


def main() -> None:
    """Serve until told to stop."""
    parser = parser_of("amazon")
    parser.add_argument("--seller-id", default=Seller.seller_id)
    parser.add_argument("--seller-cnpj", default=Seller.cnpj)
    parser.add_argument("--client-id", help="default: made up and kept in the state")
    parser.add_argument("--client-secret")
    args = parser.parse_args()
    credentials = None
    if args.client_id and args.client_secret:
        credentials = Credentials(args.client_id, args.client_secret)
    simulator = AmazonSimulator(
        args.state,
        seller=Seller(seller_id=args.seller_id, cnpj=args.seller_cnpj),
        port=args.port,
        credentials=credentials,
        callback=args.callback,
    )
    serve(
        simulator,
        client_id=simulator.client_id,
        client_secret=simulator.client_secret,
        seller_id=args.seller_id,
        application_id=simulator.application_id,
    )


if __name__ == "__main__":
    main()
