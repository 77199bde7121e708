"""The WSGI application behind the mutual TLS port: routing, log and faults."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from cryptography import x509
from werkzeug.wrappers import Request as HttpRequest
from werkzeug.wrappers import Response

from simulators.common.server import TRUNCATE_KEY, cut

from . import (
    abuse,
    answers,
    authorization,
    distribution,
    events,
    queries,
    registry,
    voiding,
)
from .call import Call
from .cstat import Rejection
from .faults import Fault, Faults
from .office import NATIONAL, SVC_AN, SVC_RS, Office
from .soap import (
    SOAP12,
    Dialect,
    Request,
    SoapFault,
    check_action,
    dialect_of,
    open_envelope,
)
from .store import stamp
from .wsdl import SERVICES, Service

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_HANDLERS: dict[str, Callable[[Office, Call], bytes]] = {
    "NFeAutorizacao4": authorization.authorize,
    "NFeRetAutorizacao4": authorization.lot_result,
    "NFeConsultaProtocolo4": queries.situation,
    "NFeStatusServico4": queries.service_status,
    "NFeInutilizacao4": voiding.void,
    "NFeRecepcaoEvento4": events.register,
    "NFeDistribuicaoDFe": distribution.distribute,
    "CadConsultaCadastro4": registry.consult,
}

_NOT_OFFERED = {
    SVC_AN: {"NFeInutilizacao4"},
    SVC_RS: {"NFeInutilizacao4"},
    NATIONAL: set(_HANDLERS) - {"NFeRecepcaoEvento4"},
}

_PAGE_503 = (
    "<html><head><title>503 Service Unavailable</title></head>"
    "<body><h1>Service Unavailable</h1></body></html>"
)


class Application:
    """Answers ``/ws/<Service>``: POST for calls, GET ?wsdl for the contract."""

    def __init__(self, office: Office, faults: Faults, latency: float = 0) -> None:
        self._office = office
        self._faults = faults
        self._latency = latency

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        request = HttpRequest(environ)
        return self._route(request)(environ, start_response)

    def _route(self, request: HttpRequest) -> Response:
        name = request.path.removeprefix("/ws/")
        service = SERVICES.get(name)
        if service is None or name in _NOT_OFFERED.get(self._office.role, ()):
            return Response("serviço inexistente", 404)
        if request.method == "GET" and "wsdl" in request.args and service.file:
            return Response(service.wsdl(request.base_url), mimetype="text/xml")
        if request.method != "POST":
            return Response("use POST", 405)
        return self._post(service, request)

    def _post(self, service: Service, request: HttpRequest) -> Response:
        """Apply the ordered fault around the processing of the call."""
        body = request.get_data()
        fault = self._faults.take(service.name)
        if self._latency:
            time.sleep(self._latency)
        early = self._before(service, request, fault)
        if early is not None:
            return early
        dialect = SOAP12
        try:
            dialect = dialect_of(request.content_type or "")
            header = request.headers.get("SOAPAction")
            check_action(service, dialect, request.content_type or "", header)
            answer = self._call(service, dialect, request, body, fault)
        except SoapFault as error:
            self._log(Call(service, body), fault)
            return Response(
                dialect.fault(str(error)),
                error.status,
                content_type=dialect.content_type,
            )
        self._after(request, fault, len(answer))
        return Response(answer, content_type=dialect.content_type)

    def _before(
        self, service: Service, request: HttpRequest, fault: Fault | None
    ) -> Response | None:
        kind = fault.kind if fault else ""
        if kind in ("drop_before", "reset"):
            self._log(Call(service, request.get_data()), fault)
            raise cut(request.environ, reset=kind == "reset")
        if kind == "html_503":
            self._log(Call(service, request.get_data()), fault)
            return Response(_PAGE_503, 503, mimetype="text/html")
        if kind == "hold_before":
            self._faults.hold(fault.seconds)
        if kind == "latency":
            time.sleep(fault.seconds)
        return None

    def _after(self, request: HttpRequest, fault: Fault | None, size: int) -> None:
        kind = fault.kind if fault else ""
        if kind in ("drop_after", "reset_after"):
            raise cut(request.environ, reset=kind == "reset_after")
        if kind == "truncate":
            request.environ[TRUNCATE_KEY] = size // 2
        if kind == "hold_after":
            self._faults.hold(fault.seconds)

    def _call(
        self,
        service: Service,
        dialect: Dialect,
        request: HttpRequest,
        body: bytes,
        fault: Fault | None,
    ) -> bytes:
        call = Call(service, b"")
        if fault and fault.kind == "cstat":
            call.forced = Rejection(fault.cstat, message=fault.message)
        with self._office.store.lock:
            try:
                content = self._answer(call, dialect, request, body)
            except Rejection as rejection:
                call.cstat = rejection.code
                content = answers.refusal(
                    self._office,
                    *(service, rejection.code, rejection.reason, call.reference),
                )
            self._log(call, fault)
        return dialect.envelope(service, content)

    def _answer(
        self, call: Call, dialect: Dialect, request: HttpRequest, body: bytes
    ) -> bytes:
        """Groups A, B and D of the manual, then the service itself."""
        office = self._office
        authorization.process_lots(office)
        opened: Request = open_envelope(call.service, dialect, body)
        call.message = opened.message
        certificate = x509.load_pem_x509_certificate(
            request.environ["SSL_CLIENT_CERT"].encode()
        )
        call.cnpj = office.verifier.check_transmitter(certificate, office.now())
        if office.paused:
            raise Rejection(office.paused)
        abuse.check_block(office, call.cnpj)
        call.inspect(office)
        return _HANDLERS[call.service.name](office, call)

    def _log(self, call: Call, fault: Fault | None) -> None:
        with self._office.store.lock:
            self._office.store.add_log(
                {
                    "at": stamp(self._office.now()),
                    "service": call.service.name,
                    "root": call.service.request if call.root is not None else "",
                    "keys": call.keys,
                    "cstat": call.cstat,
                    "results": call.results,
                    "cnpj": call.cnpj,
                    "fault": fault.kind if fault else "",
                    "office": self._office.role,
                }
            )
            self._office.store.commit()
