"""Login with Amazon: the consent page and ``/auth/o2/token``.

The refresh token does not rotate: any number of access tokens may live beside each
other, and only a revocation ends it.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer, Route

from .const import ACCESS_LIFE, CODE_LIFE, GRANT_LIFE
from .errors import LoginError, SpError

if TYPE_CHECKING:
    from .engine import Engine


def issue_code(engine: Engine, redirect_uri: str | None) -> dict[str, str]:
    """The seller agrees: the query of the call-back."""
    code = f"RHsim{secrets.token_hex(8)}"
    until = engine.clock.now() + CODE_LIFE
    with engine.store.transaction():
        engine.store.add_token(code, "code", until, redirect_uri=redirect_uri)
    return {
        "spapi_oauth_code": code,
        "selling_partner_id": engine.seller.seller_id,
    }


def check_access(engine: Engine, request: Request) -> None:
    """``x-amz-access-token``; an expired one is a 403, a missing one too."""
    token = request.headers.get("x-amz-access-token", "")
    row = engine.store.find_token(token, "access") if token else None
    problem = ""
    if not token:
        problem = "Access token is missing in the request header."
    elif row is None or row["dead"]:
        problem = "The access token you provided is revoked, malformed or invalid."
    elif row["expires_at"] <= engine.clock.now():
        problem = "The access token you provided has expired."
    if problem:
        message = "Access to requested resource is denied."
        raise SpError(403, "Unauthorized", message, problem)


def token(engine: Engine, request: Request) -> Answer:
    """``POST /auth/o2/token`` (form)."""
    form = request.form
    if request.mimetype != "application/x-www-form-urlencoded":
        raise LoginError("invalid_request", "a form is expected")
    grant = form.get("grant_type")
    if grant not in ("authorization_code", "refresh_token"):
        raise LoginError("unsupported_grant_type", "grant_type is not supported")
    given = (form.get("client_id"), form.get("client_secret"))
    if given != (engine.credentials.client_id, engine.credentials.client_secret):
        raise LoginError("invalid_client", "Client authentication failed", 401)
    refresh = (
        _first(engine, form) if grant == "authorization_code" else _again(engine, form)
    )
    access = f"Atza|{secrets.token_hex(24)}"
    now = engine.clock.now()
    engine.store.add_token(access, "access", now + ACCESS_LIFE)
    payload = {
        "access_token": access,
        "refresh_token": refresh,
        "token_type": "bearer",
        "expires_in": int(ACCESS_LIFE.total_seconds()),
    }
    return Answer(payload)


def _first(engine: Engine, form: Any) -> str:
    code = form.get("code", "")
    row = engine.store.find_token(code, "code")
    if row is None or row["dead"] or row["expires_at"] <= engine.clock.now():
        raise _dead_grant()
    if row["redirect_uri"] not in (None, form.get("redirect_uri")):
        raise LoginError("invalid_grant", "redirect_uri does not match")
    engine.store.kill_tokens(token=code)
    refresh = f"Atzr|{secrets.token_hex(24)}"
    engine.store.add_token(refresh, "refresh", engine.clock.now() + GRANT_LIFE)
    return refresh


def _again(engine: Engine, form: Any) -> str:
    refresh = form.get("refresh_token", "")
    row = engine.store.find_token(refresh, "refresh")
    if row is None or row["dead"] or row["expires_at"] <= engine.clock.now():
        raise _dead_grant()
    return str(refresh)


def consent(engine: Engine, request: Request) -> Answer:
    """The page of Seller Central, where the simulated seller always agrees."""
    args = request.args
    if args.get("application_id") != engine.application_id:
        raise SpError(400, "InvalidInput", "unknown application_id")
    if args.get("version", "beta") != "beta":
        raise SpError(400, "InvalidInput", "version must be beta")
    back = args.get("redirect_uri", "")
    if not back or "state" not in args:
        raise SpError(400, "InvalidInput", "redirect_uri and state are required")
    query = {"state": args["state"], **issue_code(engine, back)}
    joint = "&" if "?" in back else "?"
    headers = {"Location": f"{back}{joint}{urlencode(query)}"}
    return Answer(raw=b"", status=302, headers=headers)


def _dead_grant() -> LoginError:
    return LoginError("invalid_grant", "The request has an invalid grant parameter")


_CONSENT = frozenset({"application_id", "state", "redirect_uri", "version"})
ROUTES = (
    Route("POST", "/auth/o2/token", token, auth=False),
    Route("GET", "/apps/authorize/consent", consent, _CONSENT, auth=False),
)
