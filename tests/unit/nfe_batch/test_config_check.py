"""What is missing before the first note, and when people hear of the certificate."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from odoo.addons.nfe_batch.domain.config_check import (
    Certificate,
    Setup,
    Severity,
    alarm,
    check,
)

TODAY = date(2026, 11, 23)
CNPJ = "81583054000129"
CERTIFICATE = Certificate(ends=TODAY + timedelta(days=200), cnpj=CNPJ)
READY = Setup(
    today=TODAY,
    cnpj=CNPJ,
    state_registration="110042490114",
    main_activity="3101-2/00",
    tax_regime="3",
    street="Avenida Paulista",
    number="1000",
    district="Bela Vista",
    zip_code="01311000",
    state="SP",
    city_code="3550308",
    has_document_type=True,
    series=("1",),
    certificate=CERTIFICATE,
    has_technician=True,
    has_ca_bundle=True,
    has_icms_regulation=True,
    has_contributions=True,
    has_tax_classification=True,
)


def codes(**changes):
    return [finding.code for finding in check(replace(READY, **changes))]


def test_ready():
    assert check(READY) == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"uses_processor": False}, "processor"),
        ({"cnpj": "81583054000120"}, "cnpj"),
        ({"state_registration": ""}, "state_registration"),
        ({"tax_regime": ""}, "tax_regime"),
        ({"street": ""}, "street"),
        ({"number": ""}, "number"),
        ({"district": ""}, "district"),
        ({"zip_code": "1311000"}, "zip_code"),
        ({"state": ""}, "state"),
        ({"city_code": ""}, "city"),
        ({"city_code": "3304557"}, "city_state"),
        ({"main_activity": ""}, "main_activity"),
        ({"has_document_type": False}, "document_type"),
        ({"series": ()}, "series_missing"),
        ({"series": ("1", "A")}, "series_code"),
        ({"series": ("890",)}, "series_code"),
        ({"certificate": None}, "certificate_missing"),
        ({"environment": "2"}, "homologation"),
        ({"endpoint_base": "https://gateway"}, "endpoint_in_production"),
        ({"has_ca_bundle": False}, "ca_bundle"),
        ({"has_technician": False}, "technician"),
        ({"has_icms_regulation": False}, "icms_regulation"),
        ({"has_contributions": False}, "contributions"),
        ({"has_tax_classification": False}, "tax_classification"),
        ({"crons_off": ("NF-e: …",)}, "cron_off"),
        ({"has_channel": False}, "channel"),
    ],
)
def test_one_thing_is_wrong(changes, code):
    assert codes(**changes) == [code]


@pytest.mark.parametrize(
    ("certificate", "code"),
    [
        (replace(CERTIFICATE, ends=TODAY - timedelta(days=1)), "certificate_expired"),
        (replace(CERTIFICATE, ends=TODAY + timedelta(days=30)), "certificate_ends"),
        (replace(CERTIFICATE, ends=TODAY), "certificate_ends"),
        (replace(CERTIFICATE, opens=False), "certificate_closed"),
        (replace(CERTIFICATE, cnpj="46312887000154"), "certificate_holder"),
        (replace(CERTIFICATE, cnpj=""), "certificate_holder"),
    ],
)
def test_certificate(certificate, code):
    assert codes(certificate=certificate) == [code]


@pytest.mark.parametrize(
    "certificate",
    [
        replace(CERTIFICATE, ends=TODAY + timedelta(days=31)),
        replace(CERTIFICATE, cnpj="81583054000200"),
    ],
    ids=["a month and a day", "of the head office"],
)
def test_certificate_that_will_do(certificate):
    assert codes(certificate=certificate) == []


def test_simples_nacional_needs_no_icms_regulation():
    assert (
        codes(tax_regime="1", has_icms_regulation=False, has_contributions=False) == []
    )


def test_homologation_is_no_fault():
    [finding] = check(replace(READY, environment="2", endpoint_base="https://test"))
    assert finding.severity is Severity.INFO


@pytest.mark.parametrize(
    ("left", "told", "expected"),
    [
        (31, None, None),
        (30, None, 30),
        (12, 30, None),
        (8, 30, None),
        (7, 30, 7),
        (7, 7, None),
        (5, None, 7),
        (1, 7, 1),
        (0, 1, None),
        (-3, 1, None),
        (-3, None, 1),
    ],
)
def test_alarm(left, told, expected):
    assert alarm(TODAY + timedelta(days=left), TODAY, told) == expected


def test_each_threshold_once_whatever_days_are_missed():
    told, heard = None, []
    for left in (45, 29, 28, 6, 5, 0, -1):
        threshold = alarm(TODAY + timedelta(days=left), TODAY, told)
        if threshold is not None:
            told = threshold
            heard.append((left, threshold))
    assert heard == [(29, 30), (6, 7), (0, 1)]
