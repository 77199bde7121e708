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

from . import answers, endpoints, envelope, registry
from .access_key import STATE_CODES
from .distribution import Distribution
from .distribution import read as read_distribution
from .endpoints import Service
from .transport import Transport

_OWN_WSDL_FOLDER = Path(__file__).parent / "wsdl"
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


def distribution(
    transport: Transport,
    message: bytes,
    *,
    state: str,
    environment: str,
    base: str = "",
) -> Distribution:
    """Ask NFeDistribuicaoDFe of the national environment.

    ``message`` is one of the questions of ``domain.distribution``. Raises
    ``ServiceError``.
    """
    service = Service.DISTRIBUTION
    url = endpoints.locate(service, state=state, environment=environment, base=base)
    try:
        return read_distribution(_call(transport, service, url, message))
    except envelope.Unreadable as error:
        raise ServiceError(f"{service.label}: {error}") from error


def taxpayers(
    transport: Transport, *, state: str, environment: str, vat: str, base: str = ""
) -> registry.RegistryAnswer:
    """Ask CadConsultaCadastro4 of ``state`` for a CNPJ or CPF.

    Raises ``ServiceError``; ``ValueError`` for a state that offers no such service.
    """
    service = Service.REGISTRY
    url = endpoints.locate(service, state=state, environment=environment, base=base)
    message = registry.question(state, vat)
    try:
        return registry.read(_call(transport, service, url, message))
    except envelope.Unreadable as error:
        raise ServiceError(f"{service.label}: {error}") from error


def _call(transport: Transport, service: Service, url: str, message: bytes) -> bytes:
    client = zeep.Client(
        str(_wsdl(service)),
        transport=ZeepTransport(
            session=transport.session(url), operation_timeout=transport.timeouts
        ),
        settings=zeep.Settings(raw_response=True),
    )
    content = {"_value_1": etree.fromstring(message)}
    if service is Service.DISTRIBUTION:
        content = {"nfeDadosMsg": content}
    try:
        proxy = client.create_service(_soap12(client), url)
        response = proxy[service.operation](**content)
        response.raise_for_status()
        return envelope.unwrap(response.content)
    except (requests.RequestException, ZeepError, OSError) as error:
        raise ServiceError(f"{service.label}: {type(error).__name__}") from error


def _wsdl(service: Service) -> Path:
    """nfelib's file; that of the registry is a web page of errors there."""
    folder = _OWN_WSDL_FOLDER if service is Service.REGISTRY else _WSDL_FOLDER
    return folder / service.wsdl


def _soap12(client: zeep.Client) -> str:
    """Name of the SOAP 1.2 binding; the WSDLs offer 1.1 too."""
    return next(
        name
        for name, binding in client.wsdl.bindings.items()
        if isinstance(binding, Soap12Binding)
    )
