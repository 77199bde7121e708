"""The consent page, where the simulated seller always agrees.

The real page is ``https://auth.mercadolivre.com.br/authorization`` and asks a
person to log in; here the browser is sent straight back with a code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer, Route

from .errors import MlError, bad_request

if TYPE_CHECKING:
    from .engine import Engine

_PARAMS = frozenset(
    "response_type client_id redirect_uri state code_challenge "
    "code_challenge_method".split()
)


def authorization(engine: Engine, request: Request) -> Answer:
    """``GET /authorization``: 302 to ``redirect_uri`` with ``code`` and ``state``."""
    args = request.args
    if args.get("response_type") != "code" or not args.get("redirect_uri"):
        raise bad_request("response_type=code and redirect_uri are required")
    if args.get("client_id") != engine.oauth.credentials.client_id:
        raise MlError(400, "invalid_client", "unknown client_id")
    if args.get("code_challenge_method", "S256") != "S256":
        raise bad_request("code_challenge_method must be S256")
    redirect_uri = args["redirect_uri"]
    code = engine.oauth.authorize(redirect_uri, args.get("code_challenge"))
    query = {"code": code}
    if "state" in args:
        query["state"] = args["state"]
    joint = "&" if "?" in redirect_uri else "?"
    location = f"{redirect_uri}{joint}{urlencode(query)}"
    return Answer(raw=b"", status=302, headers={"Location": location})


ROUTES = (Route("GET", "/authorization", authorization, _PARAMS, auth=False),)
