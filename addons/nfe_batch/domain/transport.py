"""The one door to the SEFAZ: a kept mutual-TLS session and a classified outcome.

An NF-e that may have been processed must be consulted, not sent again. So the
question after an error is only: did a byte of the request leave? The connection
itself notes that, no guess from the name of an exception.
"""

from __future__ import annotations

import os
import secrets
import ssl
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool

from . import envelope
from .credentials import Credentials
from .endpoints import Service

TIMEOUTS = (5.0, 30.0)
"""Seconds to connect, and to wait for the next byte of the answer."""

_POOL = 4
_REFUSED_ALERTS = ("BAD_CERTIFICATE", "CERTIFICATE_", "UNKNOWN_CA", "ACCESS_DENIED")
"""TLS alerts by which an office refuses the client's certificate. Under TLS 1.3 they
arrive after our handshake, yet always before the request is handed on. When a reset
swallows the alert, the outcome counts as unknown, which is slower but as safe."""


@dataclass(frozen=True)
class NotSent:
    """Nothing reached the service: safe to send the same bytes again.

    ``reason``: timeout, connect, tls or certificate_refused.
    """

    reason: str
    detail: str = ""


@dataclass(frozen=True)
class OutcomeUnknown:
    """The request left and no usable answer came: consult before anything else.

    ``reason``: timeout, broken or unreadable.
    """

    reason: str
    detail: str = ""


@dataclass(frozen=True)
class HttpError:
    """An HTTP status other than 200."""

    status: int
    detail: str = ""

    @property
    def may_be_processed(self) -> bool:
        """False for 4xx: the web server refused before the application."""
        return not 400 <= self.status < 500


@dataclass(frozen=True)
class Answered:
    """A fiscal message came back: ``message`` are its exact bytes."""

    message: bytes = field(repr=False)


Outcome = NotSent | OutcomeUnknown | HttpError | Answered


class Transport:
    """Calls services with one certificate; sessions live as long as the object.

    ``ca_file`` is a PEM bundle (the chain of ICP-Brasil, or a simulator's); without
    it the bundle of ``certifi`` is used. Threads may share a transport.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        ca_file: str | None = None,
        timeouts: tuple[float, float] = TIMEOUTS,
    ) -> None:
        self._context = tls_context(credentials, ca_file)
        self.timeouts = timeouts
        self._sessions: dict[str, requests.Session] = {}
        self._lock = threading.Lock()

    def call(self, service: Service, url: str, message: bytes) -> Outcome:
        """Send a fiscal message once and say what became of it. Does not raise."""
        headers = {"Content-Type": envelope.content_type(service)}
        _progress.sent = False
        try:
            response = self.session(url).post(
                url,
                data=envelope.wrap(service, message),
                headers=headers,
                timeout=self.timeouts,
                allow_redirects=False,
            )
        except (requests.RequestException, OSError) as error:
            return _failure(error, sent=_progress.sent)
        if response.status_code != requests.codes.ok:
            return HttpError(response.status_code, response.reason or "")
        try:
            return Answered(envelope.unwrap(response.content))
        except envelope.Unreadable as error:
            return OutcomeUnknown("unreadable", str(error))

    def session(self, url: str) -> requests.Session:
        """The kept session of the host of ``url``, also for zeep."""
        host = urlsplit(url).netloc
        with self._lock:
            if host not in self._sessions:
                self._sessions[host] = _session(self._context)
            return self._sessions[host]

    def close(self) -> None:
        """Close the kept connections."""
        with self._lock:
            for session in self._sessions.values():
                session.close()
            self._sessions.clear()


_transports: dict[tuple[str, str | None, tuple[float, float]], Transport] = {}
_transports_lock = threading.Lock()


def kept(
    credentials: Credentials,
    *,
    ca_file: str | None = None,
    timeouts: tuple[float, float] = TIMEOUTS,
) -> Transport:
    """The process's transport for a certificate: connections outlive a job."""
    identity = (credentials.fingerprint, ca_file, timeouts)
    with _transports_lock:
        if identity not in _transports:
            _transports[identity] = Transport(
                credentials, ca_file=ca_file, timeouts=timeouts
            )
        return _transports[identity]


def tls_context(credentials: Credentials, ca_file: str | None) -> ssl.SSLContext:
    """TLS 1.2 or newer with the client's certificate.

    OpenSSL reads keys only from a file: they pass through anonymous memory, locked
    with a password that is forgotten at once, and never touch a disk.
    """
    context = ssl.create_default_context(cafile=ca_file or requests.certs.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Offices behind IIS ask for the certificate after the handshake.
    context.post_handshake_auth = True
    password = secrets.token_bytes(32).hex().encode()
    pem = credentials.key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password)
    )
    for certificate in (credentials.certificate, *credentials.chain):
        pem += certificate.public_bytes(Encoding.PEM)
    descriptor = os.memfd_create("nfe", os.MFD_CLOEXEC)
    try:
        os.fchmod(descriptor, 0o600)
        os.write(descriptor, pem)
        context.load_cert_chain(f"/proc/self/fd/{descriptor}", password=password)
    finally:
        os.close(descriptor)
    return context


class _Progress(threading.local):
    """Whether this thread's current call has sent a byte."""

    sent = False


_progress = _Progress()


class _Connection(HTTPSConnection):
    def send(self, data: Any) -> None:
        """Connect first, so that a refused connection counts as not sent."""
        if self.sock is None:
            self.connect()
        _progress.sent = True
        super().send(data)


class _Pool(HTTPSConnectionPool):
    ConnectionCls = _Connection


class _Adapter(HTTPAdapter):
    """Uses our TLS context as it is, without the bundles of ``requests``."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(pool_connections=1, pool_maxsize=_POOL, max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **options)
        self.poolmanager.pool_classes_by_scheme = {"https": _Pool}

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        parts = urlsplit(request.url)
        host = {"scheme": "https", "host": parts.hostname, "port": parts.port}
        return host, {}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """The context verifies; nothing else may be loaded into it."""


def _session(context: ssl.SSLContext) -> requests.Session:
    session = requests.Session()
    # Proxies and bundles of the environment would silently change who is trusted.
    session.trust_env = False
    session.adapters.clear()
    session.mount("https://", _Adapter(context))
    return session


def _failure(error: Exception, *, sent: bool) -> NotSent | OutcomeUnknown:
    detail = type(error).__name__
    is_timeout = isinstance(error, requests.Timeout)
    if isinstance(error, requests.exceptions.SSLError):
        if any(alert in str(error) for alert in _REFUSED_ALERTS):
            verify = "CERTIFICATE_VERIFY_FAILED" in str(error)
            return NotSent("tls" if verify else "certificate_refused", detail)
        if not sent:
            return NotSent("tls", detail)
    if sent:
        return OutcomeUnknown("timeout" if is_timeout else "broken", detail)
    return NotSent("timeout" if is_timeout else "connect", detail)
