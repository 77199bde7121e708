"""The unsigned services, called through zeep and the official WSDLs.

zeep re-writes what it sends, so nothing signed may pass here; for a question like
"is the service up" the contract of the WSDL is worth more than exact bytes.
"""

from __future__ import annotations

from pathlib import Path

import nfelib
import requests
import zeep
from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.transports import Transport as ZeepTransport
from zeep.wsdl.bindings import Soap12Binding

from . import answers, endpoints, envelope
from .access_key import STATE_CODES
from .endpoints import Service
from .transport import Transport

_WSDL_FOLDER = Path(nfelib.__file__).parent / "nfe" / "wsdl" / "v4_0"


class ServiceError(Exception):
    """The service did not answer, or not with a fiscal message."""


def service_status(
    transport: Transport, *, state: str, environment: str, base: str = ""
) -> answers.StatusAnswer:
    """Ask NFeStatusServico4; not more often than every three minutes (NT 2018.002).

    Raises ``ServiceError`` for network errors, SOAP faults and unreadable answers.
    """
    service = Service.STATUS
    url = endpoints.locate(service, state=state, environment=environment, base=base)
    message = envelope.status(STATE_CODES[state], environment)
    try:
        return answers.read_status(_call(transport, service, url, message))
    except envelope.Unreadable as error:
        raise ServiceError(f"{service.label}: {error}") from error


def _call(transport: Transport, service: Service, url: str, message: bytes) -> bytes:
    client = zeep.Client(
        str(_WSDL_FOLDER / service.wsdl),
        transport=ZeepTransport(
            session=transport.session(url), operation_timeout=transport.timeouts
        ),
        settings=zeep.Settings(raw_response=True),
    )
    proxy = client.create_service(_soap12(client), url)
    try:
        response = proxy[service.operation](_value_1=etree.fromstring(message))
        response.raise_for_status()
        return envelope.unwrap(response.content)
    except (requests.RequestException, ZeepError, OSError) as error:
        raise ServiceError(f"{service.label}: {type(error).__name__}") from error


def _soap12(client: zeep.Client) -> str:
    """Name of the SOAP 1.2 binding; the WSDLs offer 1.1 too."""
    return next(
        name
        for name, binding in client.wsdl.bindings.items()
        if isinstance(binding, Soap12Binding)
    )
