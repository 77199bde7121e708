"""The one door to the network of all channels.

Timeouts, a limit for the size of an answer, money as ``Decimal``, typed errors, a log
without secrets, one refresh and one replay when a token has expired.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import quote

import requests

from odoo.addons.industry_b2c_sales.domain.redact import redact

from .errors import (
    AuthDead,
    ChannelError,
    Conflict,
    ContractDrift,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    TokenExpired,
    Transient,
)

CONNECT_TIMEOUT = 3.0
READ_TIMEOUT = 20.0
TOTAL_TIMEOUT = 60.0
MAX_BODY = 20_000_000
_CHUNK = 65_536
_USER_AGENT = "industry-b2c/19.0"


class TokenProvider(Protocol):
    """Where the door gets its access token from (the token row of the account)."""

    def get_token(self) -> str:
        """A token that should work.

        :raise AuthDead: the account has no token, or a person must authorise again
        """
        ...

    def refresh(self, refused: str) -> str:
        """A token other than ``refused``: rotated here, or by somebody else before."""
        ...


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One line of the call log: no token, no body, no personal data.

    ``template`` is the path with placeholders, ``ref`` the id of the order or parcel,
    ``status`` 0 when there was no answer, ``error`` the class of the error.
    """

    method: str
    template: str
    ref: str
    status: int
    ms: int
    at: datetime
    error: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: dict[str, str]
    content: bytes = field(repr=False)

    def json(self) -> Any:
        """The body as JSON, with ``Decimal`` for every number that has a point.

        :raise ValueError: not JSON
        """
        return json.loads(self.content, parse_float=Decimal)

    def payload(self) -> dict[str, Any]:
        """The body as an object; {} when it is anything else (HTML of a proxy)."""
        try:
            value = self.json()
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as an adapter describes it.

    ``template`` with ``args`` makes the path, so that what is logged holds no id.
    ``write`` tells that a lost answer leaves the outcome unknown; by default
    everything but GET. ``operation`` names the channel's limit that the call counts
    for; by default method and template.
    """

    method: str
    template: str
    args: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    data: bytes | Mapping[str, str] | None = field(default=None, repr=False)
    auth: bool = True
    write: bool | None = None
    ref: str = ""
    operation: str = ""

    @property
    def bucket(self) -> str:
        """The limit that this call counts for."""
        return self.operation or f"{self.method} {self.template}"

    @property
    def path(self) -> str:
        """The path with its arguments filled in."""
        values = {name: quote(str(value), safe="") for name, value in self.args.items()}
        return self.template.format(**values)

    @property
    def is_write(self) -> bool:
        """Whether a repetition could do something twice."""
        return self.method != "GET" if self.write is None else self.write


Classifier = Callable[[Answer], ChannelError | None]
Authorizer = Callable[[Call, str], Call]
"""Puts the token into a call, and signs it where the channel wants that."""


def bearer(call: Call, token: str) -> Call:
    """``Authorization: Bearer`` (RFC 6750)."""
    return replace(call, headers={**call.headers, "Authorization": f"Bearer {token}"})


@dataclass(frozen=True, slots=True)
class HttpOptions:
    """What the caller of an adapter injects.

    :ivar tokens: None for calls that need none (exchange of the code)
    :ivar on_call: gets every CallRecord; must not raise
    :ivar limiter: asked with ``Call.bucket`` before every request; waits a moment, or
        raises RateLimited; None for calls without a limit of ours
    :ivar on_limit: told ``Call.bucket`` and the error when the channel itself refuses
    :ivar session: one per job; a new one is made when it is left out
    """

    tokens: TokenProvider | None = None
    on_call: Callable[[CallRecord], None] | None = None
    limiter: Callable[[str], None] | None = None
    on_limit: Callable[[str, RateLimited], None] | None = None
    session: requests.Session | None = None
    timeout: tuple[float, float] = (CONNECT_TIMEOUT, READ_TIMEOUT)
    total_timeout: float = TOTAL_TIMEOUT
    max_body: int = MAX_BODY


class HttpClient:
    """Sends calls to one server and raises only errors of the contract."""

    def __init__(
        self,
        base_url: str,
        options: HttpOptions,
        classify: Classifier | None = None,
        *,
        check: Classifier | None = None,
        authorize: Authorizer = bearer,
    ) -> None:
        """
        :param base_url: scheme and host, no slash at the end
        :param classify: the channel's own reading of an error answer; None falls back
            to the HTTP status
        :param check: finds the error in a success (2xx) of channels that hide it there
        :param authorize: how the token goes into a call
        """
        self.base_url = base_url.rstrip("/")
        self._options = options
        self._classify = classify
        self._check = check
        self._authorize = authorize
        self._session = options.session or requests.Session()
        # Neither proxies nor a .netrc of the machine may change where we call or
        # which Authorization goes out.
        self._session.trust_env = False

    def json(self, call: Call) -> Any:
        """Send and return the JSON of a success.

        :raise ChannelError: see ``errors.py``
        """
        answer = self.send(call)
        return decode(call, answer)

    def send(self, call: Call) -> Answer:
        """Send, refresh and replay once when the token has expired."""
        if not call.auth:
            return self._once(call)
        tokens = self._options.tokens
        if tokens is None:
            raise AuthDead("the account has no token")
        token = tokens.get_token()
        try:
            return self._once(self._authorize(call, token))
        except TokenExpired:
            # A refused token had no effect: even a write may be sent again.
            return self._once(self._authorize(call, tokens.refresh(token)))

    def _once(self, call: Call) -> Answer:
        if self._options.limiter:
            self._options.limiter(call.bucket)
        started, at = time.monotonic(), datetime.now(timezone.utc)
        status, error = 0, None
        try:
            answer = self._exchange(call)
            status = answer.status
            error = self._error_of(call, answer)
            if error:
                raise error
            return answer
        except ChannelError as caught:
            error = caught
            if isinstance(caught, RateLimited) and self._options.on_limit:
                self._options.on_limit(call.bucket, caught)
            raise
        finally:
            self._log(call, status, time.monotonic() - started, at, error)

    def _exchange(self, call: Call) -> Answer:
        headers = {
            "Accept": "application/json",
            "User-Agent": _USER_AGENT,
            **call.headers,
        }
        try:
            with self._session.request(
                call.method,
                self.base_url + call.path,
                params=dict(call.params),
                headers=headers,
                data=call.data,
                timeout=self._options.timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                lowered = {k.lower(): v for k, v in response.headers.items()}
                return Answer(response.status_code, lowered, self._read(response))
        except requests.RequestException as exc:
            raise _network_error(call, exc) from exc

    def _read(self, response: requests.Response) -> bytes:
        """The body, refused when too large or too slow."""
        deadline = time.monotonic() + self._options.total_timeout
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_content(_CHUNK):
            size += len(chunk)
            if size > self._options.max_body:
                raise ContractDrift(f"the answer is larger than {size} bytes")
            if time.monotonic() > deadline:
                raise requests.ReadTimeout("the answer did not end in time")
            chunks.append(chunk)
        return b"".join(chunks)

    def _error_of(self, call: Call, answer: Answer) -> ChannelError | None:
        if 200 <= answer.status < 300:
            return self._check(answer) if self._check else None
        error = self._classify(answer) if self._classify else None
        return error or error_of_status(call, answer)

    def _log(
        self,
        call: Call,
        status: int,
        seconds: float,
        at: datetime,
        error: ChannelError | None,
    ) -> None:
        if self._options.on_call is None:
            return
        record = CallRecord(
            method=call.method,
            template=call.template,
            ref=call.ref,
            status=status,
            ms=int(seconds * 1000),
            at=at,
            error=error.name if error else "",
            code=error.code if error else "",
        )
        self._options.on_call(record)


def decode(call: Call, answer: Answer) -> Any:
    """The JSON of a success; a garbled one may be a cut connection.

    :raise OutcomeUnknown: of a write: it was taken, but nobody knows how
    :raise Transient: of a reading
    """
    try:
        return answer.json()
    except ValueError as exc:
        message = f"{call.method} {call.template}: the answer is not JSON"
        if call.is_write:
            raise OutcomeUnknown(message) from exc
        raise Transient(message) from exc


def error_of_status(call: Call, answer: Answer) -> ChannelError:
    """Error for a status that the channel did not explain otherwise."""
    status = answer.status
    message = f"{call.method} {call.template}: HTTP {status}"
    if status >= 500:
        # A gateway may have given up on a request that went through.
        return OutcomeUnknown(message) if call.is_write else Transient(message)
    if status == 429:
        return RateLimited(message, retry_after(answer.headers))
    simple: dict[int, type[ChannelError]] = {
        401: TokenExpired,
        404: NotFound,
        408: OutcomeUnknown if call.is_write else Transient,
        409: Conflict,
        412: Conflict,
    }
    if status in simple:
        return simple[status](message)
    if status == 403:
        return Rejected("forbidden", message, who="config")
    if 400 <= status < 500:
        detail = redact(answer.content[:300].decode("utf-8", "replace"))
        return Rejected(f"http_{status}", f"{message}: {detail}", who="bug")
    return ContractDrift(message, answer.content[:1000])


def retry_after(
    headers: Mapping[str, str], now: datetime | None = None
) -> float | None:
    """Seconds of a ``Retry-After`` header in either form (RFC 9110 §10.2.3)."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    wait = moment - (now or datetime.now(timezone.utc))
    return max(0.0, wait.total_seconds())


def _network_error(call: Call, exc: requests.RequestException) -> ChannelError:
    """No (whole) answer: did the request reach the other side?"""
    message = f"{call.method} {call.template}: {type(exc).__name__}"
    if call.is_write and not _never_sent(exc):
        return OutcomeUnknown(message)
    return Transient(message)


def _never_sent(exc: requests.RequestException) -> bool:
    """Whether not even the connection was made (name, refused, TLS, timeout)."""
    if isinstance(exc, requests.ConnectTimeout | requests.exceptions.SSLError):
        return True
    reason = getattr(exc.args[0] if exc.args else None, "reason", None)
    return type(reason).__name__ in ("NewConnectionError", "NameResolutionError")
