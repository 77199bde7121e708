import re
from dataclasses import replace
from datetime import timedelta

from odoo import fields, models

from ..domain import document as nfe

SAME_STATE, OTHER_STATE, ABROAD = "1", "2", "3"
AT_A_DISTANCE = ("2", "3", "4", "9")
"""indPres: by internet, phone, home delivery in a shop, other."""
OWN_SITE, MARKETPLACE = "0", "1"
EXIT_TOLERANCE = timedelta(minutes=1)
"""OCA fills the date of exit with the moment of issue: that tells nothing."""
PAPER_MODELS = ("01", "04")


def digits(text):
    """Registration numbers without punctuation; letters stay (CNPJ of 2026)."""
    return re.sub(r"[^0-9A-Za-z]", "", text or "").upper()


class FiscalDocumentData(models.Model):
    """The document as plain data: the only thing the builder of the XML sees."""

    _inherit = "l10n_br_fiscal.document"

    def _nfe_document_data(self):
        """Read the record into plain data.

        Works before the number is drawn too (number 0, no code), for the preflight.

        :return: ``domain.document.Note``
        """
        self.ensure_one()
        return nfe.Note(
            header=self._nfe_header_data(),
            issuer=self._nfe_issuer_data(),
            recipient=self._nfe_recipient_data(),
            delivery=self._nfe_delivery_data(),
            items=tuple(line._nfe_item_data() for line in self.fiscal_line_ids),
            payments=tuple(self._nfe_prepare_payments()),
            intermediary=self._nfe_prepare_intermediary(),
            transport=self._nfe_prepare_transport(),
            billing=self._nfe_prepare_billing(),
            purchase=self._nfe_prepare_purchase(),
            export=self._nfe_prepare_export(),
            references=self._nfe_reference_keys(),
            paper_references=self._nfe_paper_references(),
            info=(self.customer_additional_data or "").strip(),
            tax_info=(self.fiscal_additional_data or "").strip(),
            technician=self._nfe_technician_data(),
            authorized=self._nfe_authorized_data(),
        )

    # === HOOKS === #

    def _nfe_prepare_intermediary(self):
        """Hook: the marketplace that the sale went through (group infIntermed).

        :return: ``domain.document.Intermediary``, or None for an own sale
        """
        self.ensure_one()
        return None

    # === PARTS === #

    def _nfe_destination(self):
        """idDest of the operation."""
        if self._nfe_is_abroad(self.partner_id):
            return ABROAD
        same = self.partner_id.state_id == self.company_id.state_id
        return SAME_STATE if same else OTHER_STATE

    def _nfe_is_abroad(self, partner):
        country = partner.country_id
        return bool(country) and country != self.company_id.country_id

    def _nfe_local(self, moment):
        """A moment of a Datetime field in the issuer's state: a note's dates are local.

        :return: aware datetime
        """
        return self.company_id._nfe_local(moment)

    def _nfe_header_data(self):
        issued = self._nfe_local(self.document_date or fields.Datetime.now())
        return nfe.Header(
            number=int(self.document_number or 0),
            series=int(self.document_serie_id.code or 0),
            random_code=self.key_random_code or "",
            issued_at=issued,
            operation=self.operation_name or "",
            city_code=self.company_id.city_id.ibge_code or "",
            environment=self.company_id.nfe_environment,
            destination=self._nfe_destination(),
            exit_at=self._nfe_exit(),
            expected_delivery=self.nfe_expected_delivery or None,
            direction=nfe.OUTGOING
            if self.fiscal_operation_type == "out"
            else nfe.ENTRY,
            purpose=self.edoc_purpose or nfe.NORMAL,
            credit_type=self._nfe_type_of(nfe.CREDIT, self.edoc_refund_credit_type),
            debit_type=self._nfe_type_of(nfe.DEBIT, self.edoc_refund_debit_type),
            final_consumer=self.ind_final or "0",
            presence=self.ind_pres or "0",
            intermediary_indicator=self._nfe_intermediary_indicator(),
        )

    def _nfe_direction(self):
        return nfe.OUTGOING if self.fiscal_operation_type == "out" else nfe.ENTRY

    def _nfe_exit(self):
        """dhSaiEnt, when somebody said that the goods leave after the issue."""
        issued, leaves = self.document_date, self.date_in_out
        if not issued or not leaves or leaves <= issued + EXIT_TOLERANCE:
            return None
        return self._nfe_local(leaves)

    def _nfe_type_of(self, purpose, value):
        """tpNFCredito or tpNFDebito: a type left over from another purpose is none."""
        return value or "" if self.edoc_purpose == purpose else ""

    def _nfe_reference_keys(self):
        """NFref: each key once (680)."""
        related = self.document_related_ids
        keys = [
            one.document_key or one.document_related_id.document_key for one in related
        ]
        return tuple(dict.fromkeys(filter(None, keys)))

    def _nfe_paper_references(self):
        """NFref of notes on paper: model 1 and a farmer's."""
        papers = self.document_related_ids.filtered(
            lambda one: one.document_type_code in PAPER_MODELS and one.document_date
        )
        return tuple(
            nfe.PaperReference(
                state=paper.state_id.code or "",
                issued=paper.document_date,
                vat=digits(paper.cnpj_cpf),
                model=paper.document_type_code,
                series=int(digits(paper.document_serie) or 0),
                number=int(digits(paper.document_number) or 0),
                state_registration=digits(paper.l10n_br_ie_code),
            )
            for paper in papers
        )

    def _nfe_intermediary_indicator(self):
        """indIntermed goes with the sales at a distance only (NT 2020.006)."""
        if self.ind_pres not in AT_A_DISTANCE:
            return ""
        return MARKETPLACE if self._nfe_prepare_intermediary() else OWN_SITE

    def _nfe_issuer_data(self):
        company = self.company_id
        partner = company.partner_id
        return nfe.Party(
            vat=digits(company.vat),
            name=partner.legal_name or partner.name or "",
            trade_name=partner.name or "",
            address=self._nfe_address_data(partner),
            state_registration=digits(partner.l10n_br_ie_code),
            tax_regime=company.tax_framework or "",
        )

    def _nfe_recipient_data(self):
        partner = self.partner_id
        if self._nfe_is_abroad(partner):
            return self._nfe_foreigner_data(partner)
        return nfe.Party(
            vat=digits(partner.vat),
            name=partner.legal_name or partner.name or "",
            address=self._nfe_address_data(partner),
            state_registration=digits(partner.l10n_br_ie_code),
            ie_indicator=partner.ind_ie_dest or "",
            suframa=digits(partner.l10n_br_isuf_code),
            email=(partner.email_normalized or "")[:60],
        )

    def _nfe_foreigner_data(self, partner):
        """A recipient abroad has no CPF, no IE, no IBGE code and often no district."""
        address = self._nfe_address_data(partner)
        return nfe.Party(
            vat="",
            foreign_id=re.sub(r"\s", "", partner.vat or "")[:20],
            name=partner.legal_name or partner.name or "",
            address=replace(
                address,
                street=address.street or partner.street or "",
                district=address.district or partner.city or "EXTERIOR",
                city_code="9999999",
                city="EXTERIOR",
                state=nfe.ABROAD,
                zip_code="",
            ),
            ie_indicator="9",
            email=(partner.email_normalized or "")[:60],
        )

    def _nfe_delivery_data(self):
        """Group entrega: only when the goods go to another address."""
        shipping = self.partner_shipping_id
        if not shipping or shipping == self.partner_id:
            return None
        if self._nfe_is_abroad(shipping):
            return None
        address = self._nfe_address_data(shipping)
        home = self._nfe_address_data(self.partner_id)
        # Another telephone number makes no other place.
        if replace(address, phone=home.phone) == home:
            return None
        return nfe.Delivery(
            vat=digits(shipping.vat or self.partner_id.vat),
            name=shipping.legal_name or shipping.name or "",
            address=address,
            state_registration=digits(shipping.l10n_br_ie_code),
        )

    def _nfe_address_data(self, partner):
        country = partner.country_id
        return nfe.Address(
            street=partner.street_name or "",
            number=partner.street_number or "S/N",
            complement=partner.street_number2 or partner.street2 or "",
            district=partner.district or "",
            city_code=partner.city_id.ibge_code or "",
            city=partner.city_id.name or partner.city or "",
            state=partner.state_id.code or "",
            zip_code=digits(partner.zip),
            country_code=(country.bc_code or "").lstrip("0") or "1058",
            country=(country.with_context(lang="pt_BR").name or "").upper() or "BRASIL",
            phone=self._nfe_phone(partner.phone),
        )

    def _nfe_phone(self, phone):
        """Area code and number; the country's 55 is not part of the field."""
        number_only = re.sub(r"\D", "", phone or "")
        if len(number_only) > 11 and number_only.startswith("55"):
            number_only = number_only[2:]
        return number_only if 6 <= len(number_only) <= 14 else ""

    def _nfe_technician_data(self):
        """infRespTec: who answers for this program at the company (NT 2018.005)."""
        support = self.company_id.technical_support_id
        cnpj, phone = digits(support.vat), self._nfe_phone(support.phone)
        if not (cnpj and phone and support.email):
            return None
        contact = support.child_ids[:1] or support
        # sudo: the code is a secret between the technician and the SEFAZ.
        own = self.company_id.sudo()
        return nfe.Technician(
            cnpj=cnpj,
            contact=contact.name or "",
            email=support.email[:60],
            phone=phone,
            csrt_id=own.nfe_csrt_id or "",
            csrt=own.nfe_csrt_id and own.nfe_csrt or "",
        )

    def _nfe_authorized_data(self):
        """autXML: who may fetch the XML at the SEFAZ: the accounting office and whom
        the company names. The recipient may anyway, naming him is refused (324)."""
        company = self.company_id
        accounting = company.accounting_office.vat or company.accountant_id.vat
        numbers = [accounting, *company.nfe_authorized_partner_ids.mapped("vat")]
        unique = dict.fromkeys(digits(vat) for vat in numbers if vat)
        return tuple(vat for vat in unique if vat != digits(self.partner_id.vat))
