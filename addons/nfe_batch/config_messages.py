"""The sentences of the configuration check, by code of ``domain.config_check``."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

SENTENCES = {
    "processor": _lt("The company does not send its NF-e itself (tab NF-e)."),
    "cnpj": _lt("The CNPJ is missing or wrong."),
    "state_registration": _lt("The state registration (IE) is missing."),
    "tax_regime": _lt("The tax framework (CRT) is missing."),
    "street": _lt("The street is missing in the address."),
    "number": _lt("The number is missing in the address."),
    "district": _lt("The district is missing in the address."),
    "zip_code": _lt("The ZIP code must have eight digits."),
    "state": _lt("The state is missing."),
    "city": _lt("The city with its IBGE code is missing."),
    "city_state": _lt("The city is not in the state of the company."),
    "main_activity": _lt("The main activity (CNAE) is missing."),
    "document_type": _lt("The default document type is not NF-e (55)."),
    "series_missing": _lt("There is no active series of the NF-e."),
    "series_code": _lt("The series %(series)s is not a number from 0 to 889."),
    "certificate_missing": _lt("There is no e-CNPJ certificate (A1)."),
    "certificate_closed": _lt("The certificate cannot be opened: file or password."),
    "certificate_expired": _lt("The certificate ended on %(date)s."),
    "certificate_ends": _lt(
        "The certificate ends on %(date)s, in %(days)s days: buy the next one."
    ),
    "certificate_holder": _lt("The certificate is of another company (%(cnpj)s)."),
    "homologation": _lt("Homologation: the notes have no fiscal value."),
    "endpoint_in_production": _lt(
        "Production, but the notes go to an own address: %(address)s."
    ),
    "ca_bundle": _lt(
        "The trusted authorities of ICP-Brasil are not set; the server's own are used, "
        "which most offices are not in."
    ),
    "technician": _lt(
        "The responsible technician (infRespTec) is missing; some states refuse the "
        "note without."
    ),
    "icms_regulation": _lt("The ICMS regulation is missing."),
    "contributions": _lt("PIS and COFINS are missing."),
    "tax_classification": _lt("The tax classification of IBS and CBS is missing."),
    "cron_off": _lt("The scheduled action is switched off: %(name)s."),
    "channel": _lt(
        "The queue channel root.nfe.send is missing: nothing would be sent."
    ),
}


def sentence(env, finding):
    """A ``domain.config_check.Finding`` in words, in the language of ``env``."""
    words = env._(SENTENCES[finding.code])
    return words % finding.params
