"""Addresses of the services, cross-checked with erpbrasil.edoc."""

from urllib.parse import urlsplit

import pytest
from erpbrasil.edoc.nfe import ESTADO_WS, localizar_url
from erpbrasil.edoc.nfe import SVC_RS as EDOC_SVC_RS

from odoo.addons.nfe_batch.domain import endpoints
from odoo.addons.nfe_batch.domain.access_key import STATE_CODES
from odoo.addons.nfe_batch.domain.endpoints import Service, contingency_of, locate

EDOC_NAMES = {
    Service.AUTHORIZATION: "NfeAutorizacao",
    Service.RECEIPT: "NfeRetAutorizacao",
    Service.CONSULT: "NfeConsultaProtocolo",
    Service.STATUS: "NfeStatusServico",
    Service.EVENT: "RecepcaoEvento",
    Service.VOIDING: "NfeInutilizacao",
}


def bare(url):
    parts = urlsplit(url.lower())
    return parts.netloc, parts.path


@pytest.mark.parametrize("state", sorted(STATE_CODES))
@pytest.mark.parametrize("environment", ["1", "2"])
def test_two_libraries_agree(state, environment):
    differing = {}
    for service, name in EDOC_NAMES.items():
        ours = locate(service, state=state, environment=environment)
        theirs = localizar_url(name, STATE_CODES[state], "55", int(environment))
        if bare(ours) != bare(theirs):
            differing[service.label] = (ours, theirs)
    assert differing == {}


@pytest.mark.parametrize("state", sorted(STATE_CODES))
def test_contingency_offices_agree(state):
    """PI is the exception: the official list has SVC-AN, erpbrasil.edoc SVC-RS."""
    theirs = "7" if ESTADO_WS[state][1] is EDOC_SVC_RS else "6"
    assert contingency_of(state) == ("6" if state == "PI" else theirs)


def test_para_is_served_by_svrs():
    url = locate(Service.AUTHORIZATION, state="PA", environment="1")
    assert urlsplit(url).netloc == "nfe.svrs.rs.gov.br"


def test_contingency_changes_the_office():
    hosts = {
        emission: urlsplit(
            locate(Service.STATUS, state="BA", environment="1", emission_type=emission)
        ).netloc
        for emission in ("1", "6", "7")
    }
    assert hosts == {
        "1": "nfe.sefaz.ba.gov.br",
        "6": "www.sefazvirtual.fazenda.gov.br",
        "7": "nfe.svrs.rs.gov.br",
    }
    with pytest.raises(ValueError, match="NFeInutilizacao4"):
        locate(Service.VOIDING, state="SP", environment="1", emission_type="6")


@pytest.mark.parametrize("service", list(Service), ids=lambda service: service.label)
def test_own_base_replaces_everything(service):
    url = locate(service, state="SP", environment="2", base="https://127.0.0.1:9/")
    assert url == f"https://127.0.0.1:9/ws/{service.label}"


@pytest.mark.parametrize(
    ("emission", "folder"), [("4", "an"), ("6", "svc-an"), ("7", "svc-rs")]
)
def test_other_offices_below_an_own_base(emission, folder):
    url = locate(
        Service.EVENT,
        state="SP",
        environment="2",
        emission_type=emission,
        base="https://127.0.0.1:9",
    )
    assert url == f"https://127.0.0.1:9/{folder}/ws/NFeRecepcaoEvento4"


@pytest.mark.parametrize("environment", ["1", "2"])
def test_national_office_takes_events_only(environment):
    url = locate(Service.EVENT, state="SP", environment=environment, emission_type="4")
    theirs = localizar_url("RecepcaoEvento", "91", "55", int(environment))
    # In production erpbrasil.edoc has the portal's second name, www1.
    assert bare(url) == bare(theirs.replace("//www1.", "//www."))
    with pytest.raises(ValueError, match="NFeAutorizacao4"):
        locate(Service.AUTHORIZATION, state="SP", environment="2", emission_type="4")


@pytest.mark.parametrize("state", sorted(STATE_CODES))
def test_production_and_homologation_never_mix(state):
    for service in Service:
        if (state, service) == ("MA", Service.REGISTRY):
            continue
        live = locate(service, state=state, environment="1")
        trial = locate(service, state=state, environment="2")
        assert urlsplit(live).scheme == urlsplit(trial).scheme == "https"
        assert urlsplit(live).netloc != urlsplit(trial).netloc


def test_unknown_state():
    with pytest.raises(ValueError, match="XX"):
        endpoints.office_of("XX")


def test_national_services_are_those_of_the_national_environment():
    url = locate(Service.DISTRIBUTION, state="SP", environment="1")
    assert urlsplit(url).netloc == "www1.nfe.fazenda.gov.br"
    event = locate(
        Service.EVENT, state="SP", environment="1", emission_type=endpoints.AN
    )
    assert urlsplit(event).netloc == "www.nfe.fazenda.gov.br"


def test_a_state_without_a_registry_is_told():
    with pytest.raises(ValueError, match="CadConsultaCadastro4"):
        locate(Service.REGISTRY, state="MA", environment="1")
