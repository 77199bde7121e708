"""No secret and no CPF in a text that goes to a log."""

import pytest

from odoo.addons.marketplace_connector.domain.redact import is_cpf, redact


@pytest.mark.parametrize(
    "secret",
    [
        "APP_USR-123456-090515-8cc4448aac10d5105474e1351-1234567",
        "TG-5b9032b4e23464aed1f959f-1234567",
        "Bearer abc.def-123",
        "client_secret=9hT2",
        '"refresh_token": "anything"',
        "52998224725",
        "529.982.247-25",
        "maria.teste@mail.example",
    ],
)
def test_secret_goes(secret):
    assert redact(f"before {secret} after").replace(chr(34), "").split() == [
        "before",
        "***",
        "after",
    ]


@pytest.mark.parametrize(
    "harmless",
    [
        "order 2000003508897196",
        "shipment 41297142475",
        "key 35250711222333000181550020000000011000000018",
        "CNPJ 11222333000181",
        "error_code wrong_receiver_cpf",
    ],
)
def test_ids_stay(harmless):
    assert redact(harmless) == harmless


@pytest.mark.parametrize(
    ("digits", "valid"),
    [
        ("52998224725", True),
        ("52998224724", False),
        ("11111111111", False),
        ("5299822472", False),
    ],
)
def test_check_digits(digits, valid):
    assert is_cpf(digits) is valid
