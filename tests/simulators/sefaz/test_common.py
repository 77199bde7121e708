"""Clock, server and certificates that all simulators share."""

from __future__ import annotations

import base64
import ssl
import stat
from datetime import datetime, timedelta, timezone

import pytest
import requests
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store
from erpbrasil.assinatura.certificado import Certificado

from simulators.common import certificates
from simulators.common.certificates import CertificateAuthority, certificate_cnpj
from simulators.common.clock import Clock
from simulators.common.server import TRUNCATE_KEY, WsgiServer, cut

START = datetime(2026, 11, 23, 10, tzinfo=timezone.utc)


def test_clock_runs_from_its_start():
    clock = Clock(START)
    first = clock.now()
    assert START <= first <= clock.now()
    assert first.utcoffset() == timedelta(0)


def test_clock_is_set_and_advanced():
    clock = Clock(START)
    clock.advance(timedelta(hours=2))
    assert clock.now() >= START + timedelta(hours=2)
    clock.set(datetime(2026, 1, 1, 0, tzinfo=timezone(timedelta(hours=-3))))
    assert clock.now().hour == 3
    clock.advance(timedelta(hours=-1))
    assert clock.now().hour == 2


def test_clock_refuses_naive_times():
    with pytest.raises(ValueError):
        Clock(datetime(2026, 1, 1))
    with pytest.raises(ValueError):
        Clock().set(datetime(2026, 1, 1))


def application(environ, start_response):
    """Echo the path and the size of the body, or misbehave when asked."""
    path = environ["PATH_INFO"]
    if path in ("/cut", "/reset"):
        raise cut(environ, reset=path == "/reset")
    if path == "/broken":
        raise RuntimeError("on purpose")
    if path == "/half":
        environ[TRUNCATE_KEY] = 2
    body = f"{path} {len(environ['wsgi.input'].read())}".encode()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [body]


@pytest.fixture
def server():
    with WsgiServer(application) as running:
        yield running


def connections(session: requests.Session) -> int:
    pools = session.get_adapter("http://").poolmanager.pools
    return sum(pools[key].num_connections for key in pools.keys())


def test_server_keeps_the_connection(server):
    with requests.Session() as session:
        for size in (0, 10, 100_000):
            answer = session.post(f"{server.url}/echo", b"x" * size, timeout=10)
            assert answer.text == f"/echo {size}"
        assert connections(session) == 1


def test_server_takes_chunked_bodies(server):
    answer = requests.post(f"{server.url}/c", iter([b"ab", b"cde"]), timeout=10)
    assert answer.text == "/c 5"


@pytest.mark.parametrize("path", ["cut", "reset", "half"])
def test_server_cuts_connections(server, path):
    with pytest.raises(
        (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
    ):
        requests.get(f"{server.url}/{path}", timeout=10)
    assert requests.get(f"{server.url}/echo", timeout=10).status_code == 200


def test_server_reports_errors_of_the_application(server, capfd):
    assert requests.get(f"{server.url}/broken", timeout=10).status_code == 500
    assert "on purpose" in capfd.readouterr().err


def test_stopping_closes_kept_connections():
    server = WsgiServer(application).start()
    with requests.Session() as session:
        session.get(f"{server.url}/echo", timeout=10)
        server.stop()
        with pytest.raises(requests.ConnectionError):
            session.get(f"{server.url}/echo", timeout=10)


def test_server_speaks_tls(authority, ca_dir):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ca_dir / "server.pem", ca_dir / "server.key")
    with WsgiServer(application, ssl_context=context) as server:
        for host in ("127.0.0.1", "localhost"):
            url = f"https://{host}:{server.port}/echo"
            answer = requests.get(url, verify=str(authority.ca_file), timeout=10)
            assert answer.text == "/echo 0"


def test_client_certificate_is_an_e_cnpj(authority):
    pfx = authority.client_pfx("11222333000181", "INDUSTRIA LTDA", "segredo")
    read = Certificado(base64.b64encode(pfx), "segredo")
    assert read.cnpj_cpf == "11222333000181"
    assert read.proprietario == "INDUSTRIA LTDA:11222333000181"
    assert certificate_cnpj(read.cert) == "11222333000181"
    assert read.key.key_size == 2048
    assert len(read.othercerts) == 2


def test_expired_client_certificate(authority):
    now = datetime.now(timezone.utc)
    pfx = authority.client_pfx(
        *("11222333000181", "INDUSTRIA LTDA", "segredo"),
        *(now - timedelta(days=400), now - timedelta(days=35)),
    )
    read = Certificado(base64.b64encode(pfx), "segredo", raise_expirado=False)
    assert read.expirado


def test_chain_holds_for_an_independent_verifier(authority, ca_dir):
    leaf, issuer = x509.load_pem_x509_certificates((ca_dir / "server.pem").read_bytes())
    verifier = (
        PolicyBuilder()
        .store(Store([authority.root]))
        .build_server_verifier(x509.DNSName("localhost"))
    )
    assert verifier.verify(leaf, [issuer])[-1] == authority.root


def test_private_files_are_private(ca_dir):
    for name in ("ca.key", "server.key"):
        assert stat.S_IMODE((ca_dir / name).stat().st_mode) == 0o600


def test_server_certificate_has_no_cnpj(ca_dir):
    leaf = x509.load_pem_x509_certificate((ca_dir / "server.pem").read_bytes())
    assert certificate_cnpj(leaf) == ""


def test_command_line_writes_the_four_files(tmp_path):
    arguments = ["--dir", str(tmp_path), "--cnpj", "11222333000181"]
    arguments += ["--name", "INDUSTRIA", "--password", "segredo"]
    certificates.main(arguments)
    first = (tmp_path / "ca.pem").read_bytes()
    for name in ("ca.pem", "server.pem", "server.key", "client.pfx"):
        assert (tmp_path / name).stat().st_size > 0
    certificates.main([*arguments, "--expired"])
    assert (tmp_path / "ca.pem").read_bytes() == first
    pfx = (tmp_path / "client.pfx").read_bytes()
    assert Certificado(base64.b64encode(pfx), "segredo", raise_expirado=False).expirado
    assert CertificateAuthority.ensure(tmp_path).issuer.subject
