"""Certificates made at run time: a chain like ICP-Brasil's, and e-CNPJ A1 files.

Nothing here is a credential: every key is generated on the spot, private files
are written with mode 0600 and none belongs in a repository.

The layout of an e-CNPJ follows DOC-ICP-04 and the Receita Federal's leaf layout:
common name ``NAME:CNPJ``, the CNPJ again as other name 2.16.76.1.3.3.
"""

from __future__ import annotations

import argparse
import ipaddress
import os
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    serialize_key_and_certificates,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CNPJ_OID = x509.ObjectIdentifier("2.16.76.1.3.3")
"""ICP-Brasil: CNPJ of the holder, in the subject's alternative names."""

_AUTHORITY_YEARS = 12
_OCTET_STRING = 0x04


@dataclass(frozen=True)
class ServerFiles:
    """Paths of the server's certificate chain and key, both PEM."""

    certificate: Path
    key: Path


class CertificateAuthority:
    """A root and an issuing authority, kept in one folder.

    Files: ``ca.pem`` (issuer, then root: what peers trust), ``ca.key`` (the
    issuer's key), ``server.pem`` and ``server.key``.
    """

    def __init__(
        self,
        directory: Path,
        key: rsa.RSAPrivateKey,
        issuer: x509.Certificate,
        root: x509.Certificate,
    ) -> None:
        self.directory = directory
        self._key = key
        self.issuer = issuer
        self.root = root

    @classmethod
    def create(cls, directory: str | Path) -> CertificateAuthority:
        """Make a new chain in ``directory``, replacing one that is there."""
        folder = Path(directory)
        folder.mkdir(parents=True, exist_ok=True)
        root_key, key = _new_key(), _new_key()
        root_name = _name("Autoridade Certificadora Raiz de Teste")
        root = _authority(root_name, root_key, root_name, root_key, depth=1)
        issuer = _authority(
            _name("AC Emissora de Teste"), key, root_name, root_key, depth=0
        )
        _write_public(folder / "ca.pem", _pem(issuer) + _pem(root))
        _write_private(folder / "ca.key", _key_pem(key))
        return cls(folder, key, issuer, root)

    @classmethod
    def load(cls, directory: str | Path) -> CertificateAuthority:
        """Open the chain that ``create`` left in ``directory``."""
        folder = Path(directory)
        issuer, root = x509.load_pem_x509_certificates((folder / "ca.pem").read_bytes())
        key = load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
        assert isinstance(key, rsa.RSAPrivateKey)
        return cls(folder, key, issuer, root)

    @classmethod
    def ensure(cls, directory: str | Path) -> CertificateAuthority:
        """Open the chain in ``directory``, or make one there."""
        folder = Path(directory)
        exists = (folder / "ca.pem").exists() and (folder / "ca.key").exists()
        return cls.load(folder) if exists else cls.create(folder)

    @property
    def ca_file(self) -> Path:
        """PEM file with the chain: what a client passes as its CA bundle."""
        return self.directory / "ca.pem"

    def server(self, directory: str | Path | None = None) -> ServerFiles:
        """Issue a server certificate for localhost and 127.0.0.1."""
        folder = Path(directory) if directory else self.directory
        folder.mkdir(parents=True, exist_ok=True)
        key = _new_key()
        names = x509.SubjectAlternativeName(
            [
                x509.DNSName("localhost"),
                x509.IPAddress(ipaddress.IPv4Address("127.0.0.1")),
            ]
        )
        builder = self._leaf(_name("localhost"), key, *_validity(None, None))
        certificate = self._sign(builder, names, ExtendedKeyUsageOID.SERVER_AUTH)
        files = ServerFiles(folder / "server.pem", folder / "server.key")
        _write_public(files.certificate, _pem(certificate) + _pem(self.issuer))
        _write_private(files.key, _key_pem(key))
        return files

    def client_pfx(
        self,
        cnpj: str,
        name: str,
        password: str,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
    ) -> bytes:
        """Issue an A1 e-CNPJ as a PFX; pass past dates for an expired one."""
        key = _new_key()
        holder = f"{name}:{cnpj}"
        builder = self._leaf(_name(holder), key, *_validity(not_before, not_after))
        names = x509.SubjectAlternativeName(
            [x509.OtherName(CNPJ_OID, _octet_string(cnpj))]
        )
        certificate = self._sign(builder, names, ExtendedKeyUsageOID.CLIENT_AUTH)
        return serialize_key_and_certificates(
            holder.encode(),
            key,
            certificate,
            [self.issuer, self.root],
            BestAvailableEncryption(password.encode()),
        )

    def _leaf(
        self, name: x509.Name, key: rsa.RSAPrivateKey, start: datetime, end: datetime
    ) -> x509.CertificateBuilder:
        return _builder(name, key, self.issuer.subject, start, end).add_extension(
            x509.BasicConstraints(ca=False, path_length=None), critical=True
        )

    def _sign(
        self,
        builder: x509.CertificateBuilder,
        names: x509.SubjectAlternativeName,
        usage: x509.ObjectIdentifier,
    ) -> x509.Certificate:
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(
            self._key.public_key()
        )
        return (
            builder.add_extension(names, critical=False)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(issuer_key, critical=False)
            .add_extension(_key_usage(authority=False), critical=True)
            .sign(self._key, hashes.SHA256())
        )


def certificate_cnpj(certificate: x509.Certificate) -> str:
    """Return the CNPJ an e-CNPJ was issued to, or an empty string."""
    try:
        names = certificate.extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        ).value
    except x509.ExtensionNotFound:
        return ""
    for other in names.get_values_for_type(x509.OtherName):
        if other.type_id == CNPJ_OID:
            return other.value[2:].decode("ascii", "replace")
    return ""


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "BR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "ICP de Teste"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _authority(
    name: x509.Name,
    key: rsa.RSAPrivateKey,
    issuer: x509.Name,
    issuer_key: rsa.RSAPrivateKey,
    depth: int,
) -> x509.Certificate:
    """A CA certificate that reaches far into the past, for expired leaves."""
    now = datetime.now(timezone.utc)
    span = timedelta(days=365 * _AUTHORITY_YEARS)
    authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(
        issuer_key.public_key()
    )
    return (
        _builder(name, key, issuer, now - span, now + span)
        .add_extension(x509.BasicConstraints(ca=True, path_length=depth), critical=True)
        .add_extension(authority_key, critical=False)
        .add_extension(_key_usage(authority=True), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


def _builder(
    name: x509.Name,
    key: rsa.RSAPrivateKey,
    issuer: x509.Name,
    start: datetime,
    end: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
        )
    )


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=not authority,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _validity(
    start: datetime | None, end: datetime | None
) -> tuple[datetime, datetime]:
    """An A1 lives for one year; begin a day early for clocks that differ."""
    begin = start or datetime.now(timezone.utc) - timedelta(days=1)
    return begin, end or begin + timedelta(days=366)


def _octet_string(text: str) -> bytes:
    payload = text.encode("ascii")
    return bytes([_OCTET_STRING, len(payload)]) + payload


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def _key_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write_public(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _write_private(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)


def main(arguments: list[str] | None = None) -> None:
    """Write ca.pem, server.pem, server.key and client.pfx into a folder."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--dir", required=True, type=Path)
    parser.add_argument("--cnpj", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--expired", action="store_true")
    options = parser.parse_args(arguments)
    authority = CertificateAuthority.ensure(options.dir)
    if not (options.dir / "server.pem").exists():
        authority.server()
    dates: tuple[datetime | None, datetime | None] = (None, None)
    if options.expired:
        now = datetime.now(timezone.utc)
        dates = (now - timedelta(days=400), now - timedelta(days=35))
    pfx = authority.client_pfx(options.cnpj, options.name, options.password, *dates)
    _write_private(options.dir / "client.pfx", pfx)


if __name__ == "__main__":
    main()
