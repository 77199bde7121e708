"""The typed problems of a note."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Code(Enum):
    """Problems; the numbers are the rejections they prevent."""

    NO_ITEMS = "no_items"
    ZERO_VALUE = "zero_value"
    ISSUER_VAT = "issuer_vat"  # 207
    ISSUER_STATE_REGISTRATION = "issuer_state_registration"  # 229
    ISSUER_TAX_REGIME = "issuer_tax_regime"
    RECIPIENT_NAME = "recipient_name"
    RECIPIENT_VAT_MISSING = "recipient_vat_missing"
    RECIPIENT_CPF = "recipient_cpf"  # 237
    RECIPIENT_CNPJ = "recipient_cnpj"  # 208
    RECIPIENT_IE_INDICATOR = "recipient_ie_indicator"
    RECIPIENT_IE_EXEMPT = "recipient_ie_exempt"  # 791
    RECIPIENT_VAT_ABROAD = "recipient_vat_abroad"  # 507
    RECIPIENT_FOREIGN_ID = "recipient_foreign_id"  # 372
    RECIPIENT_IE_ABROAD = "recipient_ie_abroad"  # 790, 792
    RECIPIENT_NOT_FINAL = "recipient_not_final"  # 696
    DELIVERY_VAT = "delivery_vat"
    ADDRESS_STREET = "address_street"
    ADDRESS_NUMBER = "address_number"
    ADDRESS_DISTRICT = "address_district"
    ADDRESS_CITY = "address_city"  # 273, 274
    ADDRESS_CITY_STATE = "address_city_state"
    ADDRESS_STATE = "address_state"
    ADDRESS_ZIP = "address_zip"
    ADDRESS_COUNTRY = "address_country"  # 510
    DESTINATION = "destination"  # 727, 771, 772, 773
    EXIT_DATE = "exit_date"  # 506
    NOTE_TYPE = "note_type"  # tpNFCredito with finNFe 5, tpNFDebito with 6
    INTERMEDIARY_INDICATOR = "intermediary_indicator"  # 434, 435
    INTERMEDIARY_MISSING = "intermediary_missing"  # 438
    INTERMEDIARY_UNDUE = "intermediary_undue"  # 439
    INTERMEDIARY_CNPJ = "intermediary_cnpj"  # 440
    INTERMEDIARY_SELLER_ID = "intermediary_seller_id"
    PAYMENT_MISSING = "payment_missing"
    PAYMENT_SUM = "payment_sum"  # 866, 904
    PAYMENT_CARD = "payment_card"  # 391
    PAYMENT_CARD_CNPJ = "payment_card_cnpj"  # 392
    PAYMENT_DESCRIPTION = "payment_description"  # 441
    PAYMENT_ON_RETURN = "payment_on_return"  # 871
    BILLING_SUM = "billing_sum"  # 851
    BILLING_AT_SIGHT = "billing_at_sight"  # 853
    BILLING_DUE = "billing_due"  # 898
    CARRIER_NAME = "carrier_name"
    CARRIER_VAT = "carrier_vat"  # 542, 543
    CARRIER_STATE = "carrier_state"  # 559
    EXPORT_PLACE = "export_place"  # 355
    EXPORT_UNDUE = "export_undue"  # 356
    RETURN_REFERENCE = "return_reference"  # 321
    COMPLEMENT_REFERENCE = "complement_reference"  # 254, 255
    REFERENCE_TWICE = "reference_twice"  # 680
    REFERENCE_KEY = "reference_key"  # 547, 548, 552, 679
    RANDOM_CODE = "random_code"  # 897
    CONTINGENCY_REASON = "contingency_reason"  # 556, 557
    AUTHORIZED_VAT = "authorized_vat"  # 323, 325
    AUTHORIZED_RECIPIENT = "authorized_recipient"  # 324, 326
    AUTHORIZED_COUNT = "authorized_count"
    ITEM_CODE = "item_code"
    ITEM_DESCRIPTION = "item_description"
    ITEM_NCM = "item_ncm"  # 777, 778
    ITEM_CFOP = "item_cfop"
    ITEM_CFOP_DIRECTION = "item_cfop_direction"  # 518, 519
    ITEM_CFOP_DESTINATION = "item_cfop_destination"  # 732, 733
    ITEM_CEST = "item_cest"  # 806
    ITEM_UNIT = "item_unit"
    ITEM_QUANTITY = "item_quantity"
    ITEM_PRICE = "item_price"
    ITEM_GROSS = "item_gross"  # 629
    ITEM_TAX_GROSS = "item_tax_gross"  # 630
    ITEM_GTIN = "item_gtin"  # 611, 612
    ITEM_ICMS_CODE = "item_icms_code"
    ITEM_ICMS_REGIME = "item_icms_regime"  # 590, 591
    ITEM_ICMS_ORIGIN = "item_icms_origin"
    ITEM_ICMS_RELIEF_REASON = "item_icms_relief_reason"
    ITEM_ICMS_VALUE = "item_icms_value"  # 528
    ITEM_ICMS_RATE = "item_icms_rate"  # 693
    ITEM_ICMS_DEFERRAL = "item_icms_deferral"  # 351, 352, 353
    ITEM_FCP_PLACE = "item_fcp_place"  # 876
    ITEM_OLD_TAXES = "item_old_taxes"  # 1001
    ITEM_RETURNED_IPI = "item_returned_ipi"  # 354
    ITEM_IPI_CODE = "item_ipi_code"
    ITEM_CONTRIBUTION_CODE = "item_contribution_code"  # 745, 748
    ITEM_DIFAL_MISSING = "item_difal_missing"  # 694
    ITEM_DIFAL_UNDUE = "item_difal_undue"  # 695
    ITEM_DIFAL_RATE = "item_difal_rate"
    ITEM_DIFAL_VALUE = "item_difal_value"  # 815
    ITEM_IBS_CBS_MISSING = "item_ibs_cbs_missing"  # 1115
    ITEM_IBS_CBS_CODE = "item_ibs_cbs_code"
    ITEM_NEGATIVE = "item_negative"
    FORM = "form"  # 215, 225
    """Whatever else the schema refuses; ``field`` (path of tags) and ``detail``."""


@dataclass(frozen=True)
class Problem:
    """One finding. ``params``: values for the sentence, among them ``line`` (from 1)
    and ``item`` for an item, ``where`` (issuer, recipient, delivery) for an address."""

    code: Code
    params: dict[str, Any] = field(default_factory=dict)
