"""The status service through zeep and the official contract."""

import pytest

from odoo.addons.nfe_batch.domain import services
from odoo.addons.nfe_batch.domain.cstat import Kind

ASK = {"state": "SP", "environment": "2"}


def test_service_is_up(line, sefaz):
    answer = services.service_status(line, base=sefaz.url, **ASK)
    assert (answer.code, answer.kind) == (107, Kind.SERVICE_UP)
    (entry,) = sefaz.log()
    assert entry["service"] == "NFeStatusServico4"


@pytest.mark.parametrize("code", [108, 109])
def test_service_is_down(line, sefaz, code):
    sefaz.pause(code)
    answer = services.service_status(line, base=sefaz.url, **ASK)
    assert (answer.code, answer.kind) == (code, Kind.SERVICE_DOWN)


@pytest.mark.parametrize("kind", ["drop_before", "html_503", "truncate"])
def test_no_usable_answer(line, sefaz, kind):
    sefaz.fault("NFeStatusServico4", kind)
    with pytest.raises(services.ServiceError, match="NFeStatusServico4"):
        services.service_status(line, base=sefaz.url, **ASK)


def test_status_shares_the_kept_connection(line, sefaz):
    for _ in range(2):
        services.service_status(line, base=sefaz.url, **ASK)
    adapter = line.session(sefaz.url).get_adapter(sefaz.url)
    pool = adapter.poolmanager.connection_from_url(sefaz.url)
    assert (pool.num_connections, pool.num_requests) == (1, 2)
