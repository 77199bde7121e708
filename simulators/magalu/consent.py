"""The login page, the token endpoint and what a token may act for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer, Route

from .errors import bad_request

if TYPE_CHECKING:
    from .engine import Engine

_LOGIN = frozenset(
    "client_id redirect_uri scope response_type choose_tenants state".split()
)
_FORM = "application/x-www-form-urlencoded"


def login(engine: Engine, request: Request) -> Answer:
    """``GET /login``: the seller agrees at once; 302 with ``code`` and ``state``."""
    args = request.args
    if args.get("response_type") != "code" or args.get("choose_tenants") != "true":
        raise bad_request("response_type=code and choose_tenants=true are required")
    if args.get("client_id") != engine.oauth.credentials.client_id:
        raise bad_request("unknown client_id")
    if not args.get("scope") or not args.get("redirect_uri"):
        raise bad_request("scope and redirect_uri are required")
    query = {"code": engine.oauth.authorize(args["redirect_uri"])}
    if "state" in args:
        query["state"] = args["state"]
    location = f"{args['redirect_uri']}?{urlencode(query)}"
    return Answer(raw=b"", status=302, headers={"Location": location})


def token(engine: Engine, request: Request) -> Answer:
    """``POST /oauth/token``."""
    if request.mimetype != _FORM:
        raise bad_request(f"content type must be {_FORM}")
    return Answer(engine.oauth.exchange(request.form.to_dict()))


def tenants(engine: Engine, request: Request) -> Answer:
    """``GET /account/api/v2/whoami/tenants``."""
    engine.oauth.check(request.headers.get("Authorization"))
    person = {
        "uuid": "0e6f7a10-0000-4000-8000-00000000c057",
        "type": "maganets.CUSTOMER",
    }
    shops = [
        {"uuid": ref, "type": "stenagam.SELLER", "legal_name": engine.seller.name}
        for ref in engine.tenants
    ]
    return Answer(raw=None, payload=[person, *shops])


ROUTES = (
    Route("GET", "/login", login, _LOGIN, auth=False),
    Route("POST", "/oauth/token", token, auth=False),
    Route("GET", "/account/api/v2/whoami/tenants", tenants, auth=False),
)
