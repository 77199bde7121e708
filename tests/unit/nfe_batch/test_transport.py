"""What became of a request, seen against a real TLS server with faults."""

import os
import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager
from datetime import datetime, timezone

import pytest

from odoo.addons.nfe_batch.domain import answers, credentials, envelope, transport
from odoo.addons.nfe_batch.domain.endpoints import Service, locate
from odoo.addons.nfe_batch.domain.prepare import prepare
from odoo.addons.nfe_batch.domain.transport import (
    Answered,
    HttpError,
    NotSent,
    OutcomeUnknown,
)

from simulators.common.certificates import CertificateAuthority

from .conftest import EMITTER, PASSWORD
from .notes import sale

STATUS = envelope.status("35", "2")
EXPIRED = (
    datetime(2020, 1, 1, tzinfo=timezone.utc),
    datetime(2021, 1, 1, tzinfo=timezone.utc),
)


def url(sefaz, service=Service.STATUS):
    return locate(service, state="SP", environment="2", base=sefaz.url)


def ask(line, sefaz):
    return line.call(Service.STATUS, url(sefaz), STATUS)


def send(line, sefaz, ready):
    service = Service.AUTHORIZATION
    message = envelope.authorization(1, [ready.signed_xml])
    return line.call(service, url(sefaz, service), message)


@contextmanager
def server(behave, context=None):
    """A server on 127.0.0.1 that does ``behave(connection)`` once per caller."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    if context:
                        connection = context.wrap_socket(connection, server_side=True)
                    behave(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()


def tls_server(ca_dir):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ca_dir / "server.pem", ca_dir / "server.key")
    return context


def test_answer_and_kept_connection(line, sefaz):
    results = [ask(line, sefaz) for _ in range(3)]
    assert all(isinstance(result, Answered) for result in results)
    adapter = line.session(url(sefaz)).get_adapter(url(sefaz))
    pool = adapter.poolmanager.connection_from_url(url(sefaz))
    assert (pool.num_connections, pool.num_requests) == (1, 3)


@pytest.mark.parametrize("kind", ["drop_before", "reset", "drop_after", "reset_after"])
def test_dropped_line_is_an_unknown_outcome(line, sefaz, pen, kind):
    """The request left in each case: only the office knows whether it worked."""
    ready = prepare(sale(), pen)
    sefaz.fault("NFeAutorizacao4", kind)
    outcome = send(line, sefaz, ready)
    assert outcome == OutcomeUnknown("broken", outcome.detail)
    assert bool(sefaz.note(ready.key)) is (kind in ("drop_after", "reset_after"))
    assert len(sefaz.log()) == 1, "a POST must not be repeated by itself"


@pytest.mark.parametrize("kind", ["hold_before", "hold_after"])
def test_hanging_office_is_an_unknown_outcome(opened, sefaz, pen, kind):
    door = transport.Transport(opened, ca_file=str(sefaz.ca_file), timeouts=(2.0, 0.5))
    ready = prepare(sale(), pen)
    sefaz.fault("NFeAutorizacao4", kind, seconds=30)
    outcome = send(door, sefaz, ready)
    sefaz.release()
    door.close()
    assert outcome == OutcomeUnknown("timeout", outcome.detail)


def test_half_an_answer_is_an_unknown_outcome(line, sefaz, pen):
    ready = prepare(sale(), pen)
    sefaz.fault("NFeAutorizacao4", "truncate")
    outcome = send(line, sefaz, ready)
    assert isinstance(outcome, OutcomeUnknown)
    assert sefaz.note(ready.key), "it was authorised, only the answer was lost"


def test_html_page_may_hide_a_processed_note(line, sefaz):
    sefaz.fault("NFeStatusServico4", "html_503")
    outcome = ask(line, sefaz)
    assert isinstance(outcome, HttpError)
    assert (outcome.status, outcome.may_be_processed) == (503, True)


def test_html_with_status_200_is_an_unknown_outcome(line, ca_dir):
    page = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>"

    def behave(connection):
        connection.recv(65536)
        connection.sendall(page)

    with server(behave, tls_server(ca_dir)) as address:
        outcome = line.call(Service.STATUS, address, STATUS)
    assert outcome == OutcomeUnknown("unreadable", outcome.detail)


def test_wrong_path_was_not_processed(line, sefaz):
    outcome = line.call(Service.STATUS, f"{sefaz.url}/ws/Nothing", STATUS)
    assert isinstance(outcome, HttpError)
    assert (outcome.status, outcome.may_be_processed) == (404, False)


def test_redirects_are_not_followed(line, ca_dir):
    reply = b"HTTP/1.1 302 Found\r\nLocation: https://example.com/\r\n"
    reply += b"Content-Length: 0\r\n\r\n"

    def behave(connection):
        connection.recv(65536)
        connection.sendall(reply)

    with server(behave, tls_server(ca_dir)) as address:
        outcome = line.call(Service.STATUS, address, STATUS)
    assert isinstance(outcome, HttpError) and outcome.status == 302


def test_closed_port_sends_nothing(line):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    outcome = line.call(Service.STATUS, f"https://127.0.0.1:{port}/ws", STATUS)
    assert outcome == NotSent("connect", outcome.detail)


def test_unknown_host_sends_nothing(line):
    outcome = line.call(Service.STATUS, "https://sefaz.invalid/ws", STATUS)
    assert outcome == NotSent("connect", outcome.detail)


def test_server_that_hangs_up_in_the_handshake(line):
    with server(lambda connection: connection.recv(10)) as address:
        outcome = line.call(Service.STATUS, address, STATUS)
    assert isinstance(outcome, NotSent)


def test_server_that_never_shakes_hands(opened, ca_dir):
    door = transport.Transport(
        opened, ca_file=str(ca_dir / "ca.pem"), timeouts=(0.5, 0.5)
    )
    done = threading.Event()
    with server(lambda connection: done.wait(10)) as address:
        outcome = door.call(Service.STATUS, address, STATUS)
        done.set()
    assert outcome == NotSent("timeout", outcome.detail)


def test_plain_http_is_refused(line):
    outcome = line.call(Service.STATUS, "http://127.0.0.1:1/ws", STATUS)
    assert isinstance(outcome, NotSent)


def test_foreign_server_is_not_trusted(opened, sefaz, tmp_path):
    other = CertificateAuthority.create(tmp_path)
    door = transport.Transport(opened, ca_file=str(other.ca_file), timeouts=(2.0, 2.0))
    assert ask(door, sefaz) == NotSent("tls", "SSLError")
    assert sefaz.log() == []


def test_public_bundle_is_the_default(opened, sefaz):
    door = transport.Transport(opened, timeouts=(2.0, 2.0))
    assert ask(door, sefaz) == NotSent("tls", "SSLError")


@pytest.fixture(params=["foreign", "expired"])
def refused(request, authority, ca_dir, tmp_path):
    """A transport whose certificate no office accepts."""
    if request.param == "foreign":
        pfx = CertificateAuthority.create(tmp_path).client_pfx(EMITTER, "X", PASSWORD)
    else:
        pfx = authority.client_pfx(EMITTER, "X", PASSWORD, *EXPIRED)
    return transport.Transport(
        credentials.open_pfx(pfx, PASSWORD),
        ca_file=str(ca_dir / "ca.pem"),
        timeouts=(2.0, 2.0),
    )


def test_refused_certificate_sends_nothing(refused, ca_dir):
    """TLS 1.2: the certificate is judged inside the handshake."""
    context = tls_server(ca_dir)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(ca_dir / "ca.pem")
    with server(lambda connection: None, context) as address:
        outcome = refused.call(Service.STATUS, address, STATUS)
    assert outcome == NotSent("certificate_refused", "SSLError")


def test_refused_certificate_is_never_an_answer(refused, sefaz):
    """TLS 1.3: the verdict comes after our handshake and may be lost in a reset."""
    outcome = ask(refused, sefaz)
    assert outcome in (
        NotSent("certificate_refused", "SSLError"),
        OutcomeUnknown("broken", outcome.detail),
    )
    assert sefaz.log() == []


def test_environment_does_not_change_who_is_trusted(line, sefaz, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", os.devnull)
    assert isinstance(ask(line, sefaz), Answered)


def test_key_never_touches_a_disk(opened, ca_dir, tmp_path, monkeypatch):
    """No file is opened for writing, and the anonymous memory is closed again."""
    before = set(os.listdir("/proc/self/fd"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    context = transport.tls_context(opened, str(ca_dir / "ca.pem"))
    assert context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname
    assert list(tmp_path.iterdir()) == []
    assert set(os.listdir("/proc/self/fd")) == before


def test_memory_file_is_locked_and_the_owner_s(opened, ca_dir, monkeypatch):
    """Whoever may look into the process's files still finds no key in the clear."""
    seen = []
    load = ssl.SSLContext.load_cert_chain

    def watched(self, certfile, *args, **kwargs):
        with open(certfile, "rb") as file:
            seen.append((os.fstat(file.fileno()).st_mode & 0o777, file.read()))
        return load(self, certfile, *args, **kwargs)

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", watched)
    transport.tls_context(opened, str(ca_dir / "ca.pem"))
    [(mode, content)] = seen
    assert mode == 0o600
    assert b"ENCRYPTED PRIVATE KEY" in content
    assert b"BEGIN PRIVATE" not in content and b"RSA PRIVATE" not in content


def test_transports_are_kept_per_certificate(opened, authority, ca_dir):
    ca_file = str(ca_dir / "ca.pem")
    first = transport.kept(opened, ca_file=ca_file)
    assert transport.kept(opened, ca_file=ca_file) is first
    pfx = authority.client_pfx(EMITTER, "RENOVADA", PASSWORD)
    renewed = credentials.open_pfx(pfx, PASSWORD)
    assert transport.kept(renewed, ca_file=ca_file) is not first


def test_threads_share_a_transport(line, sefaz):
    """The note of "sent" belongs to a thread, the sessions to all of them."""
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(ask(line, sefaz)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [type(result) for result in results] == [Answered] * 8
    assert answers.read_status(results[0].message).code == 107


def test_oracle_tools_are_installed():
    for tool in ("xmlsec1", "xmllint"):
        done = subprocess.run([tool, "--version"], capture_output=True, check=False)
        assert done.returncode == 0, tool
