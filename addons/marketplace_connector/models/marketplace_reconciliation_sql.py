"""The set difference between a channel's orders and ours, in the database.

Parameters: ``run``, ``account``, ``company``, ``source`` (the account's b2c_source),
``since`` (begin of the window), ``now``, ``day_ago``.
"""

STAGE_PAGE = """
    INSERT INTO marketplace_snapshot (reconciliation_id, external_id, found, changed_at)
    VALUES %s
    ON CONFLICT (reconciliation_id, external_id)
    DO UPDATE SET changed_at = GREATEST(marketplace_snapshot.changed_at,
                                        EXCLUDED.changed_at)
"""

# What we have in the window or still open, and the search did not show: some channels
# hide cancelled orders. What is undone on both sides needs no reading.
STAGE_OURS = """
    INSERT INTO marketplace_snapshot (reconciliation_id, external_id, found)
    SELECT %(run)s, ours.external_id, 'asked'
      FROM (
            SELECT bound.external_id
              FROM marketplace_order bound
              LEFT JOIN sale_order sale ON sale.id = bound.sale_order_id
             WHERE bound.account_id = %(account)s
               AND (bound.updated_at >= %(since)s
                    OR bound.state IN ('awaiting_payment', 'on_hold', 'ready',
                                       'cancel_requested', 'unknown'))
               AND NOT (bound.state IN ('cancelled', 'superseded')
                        AND (sale.id IS NULL
                             OR sale.state = 'cancel'
                             OR sale.b2c_order_state IN ('cancelled', 'superseded')))
             UNION
            SELECT sale.b2c_external_id
              FROM sale_order sale
             WHERE sale.company_id = %(company)s
               AND sale.b2c_source = %(source)s
               AND sale.is_b2c
               AND sale.state != 'cancel'
               AND sale.date_order >= %(since)s
               AND NOT EXISTS (SELECT FROM marketplace_order bound
                                WHERE bound.sale_order_id = sale.id)
             UNION
            SELECT known.external_id
              FROM marketplace_difference known
             WHERE known.account_id = %(account)s AND known.state = 'open'
           ) AS ours
    ON CONFLICT (reconciliation_id, external_id) DO NOTHING
"""

# What the search showed and we have never read, or not as it is now; and what is on the
# road: that its parcel arrived or comes back does not change the order itself.
ASK_NEWER = """
    UPDATE marketplace_snapshot snap
       SET found = 'asked'
     WHERE snap.reconciliation_id = %(run)s
       AND snap.found = 'listed'
       AND NOT EXISTS (SELECT FROM marketplace_order bound
                        WHERE bound.account_id = %(account)s
                          AND bound.external_id = snap.external_id
                          AND NOT bound.partial
                          AND bound.updated_at >= snap.changed_at
                          AND NOT (bound.state = 'shipped'
                                   AND bound.read_at < %(day_ago)s))
"""

COMPARE = """
    SELECT snap.id, snap.external_id, snap.found = 'missing' AS missing,
           bound.id AS bound_id, sale.id AS sale_id,
           CASE WHEN snap.found = 'read' THEN snap.state
                ELSE bound.state END AS there_state,
           CASE WHEN snap.found = 'read' THEN snap.payment_state
                ELSE bound.payment_state END AS there_payment,
           CASE WHEN snap.found = 'read' THEN snap.total
                ELSE bound.total END AS there_total,
           CASE WHEN snap.found = 'read' THEN snap.flags
                ELSE bound.flags END AS flags,
           CASE WHEN snap.found = 'read' THEN snap.held
                ELSE bound.hold_until > %(now)s END AS held,
           COALESCE(snap.partial, bound.partial) AS partial,
           snap.gone OR parcel.gone AS gone,
           snap.changed_at,
           CASE WHEN sale.id IS NULL THEN bound.state
                WHEN sale.state = 'cancel' THEN 'cancelled'
                ELSE sale.b2c_order_state END AS here_state,
           CASE WHEN sale.id IS NULL THEN bound.payment_state
                ELSE sale.b2c_payment_state END AS here_payment,
           bound.state AS read_state, bound.ship_by,
           sale.amount_total, sale.b2c_paid_total,
           note.at AS note_at, parcel.unsent,
           bound.follows_id IS NOT NULL AS follows,
           EXISTS (SELECT FROM b2c_issue issue
                    WHERE issue.state = 'open'
                      AND issue.company_id = %(company)s
                      AND issue.external_ref = %(source)s || '/' || snap.external_id
                  ) AS queued,
           EXISTS (SELECT FROM sale_order twin
                    WHERE twin.b2c_external_id = sale.b2c_external_id
                      AND twin.company_id = sale.company_id
                      AND twin.partner_id = sale.partner_id
                      AND twin.id != sale.id
                      AND twin.is_b2c
                      AND twin.state != 'cancel'
                      AND twin.b2c_order_state NOT IN ('cancelled', 'superseded')
                  ) AS twin,
           CASE WHEN bound.channel_nfe_file_id IS NOT NULL THEN TRUE
                WHEN bound.channel_nfe_key != '' THEN
                EXISTS (SELECT FROM l10n_br_fiscal_document doc
                         WHERE doc.document_key = bound.channel_nfe_key
                           AND doc.company_id = %(company)s)
                END AS channel_note
      FROM marketplace_snapshot snap
      LEFT JOIN marketplace_order bound
             ON bound.account_id = %(account)s
            AND bound.external_id = snap.external_id
      LEFT JOIN LATERAL (
            SELECT * FROM sale_order linked WHERE linked.id = bound.sale_order_id
             UNION ALL
            SELECT *
              FROM sale_order named
             WHERE bound.sale_order_id IS NULL
               AND named.company_id = %(company)s
               AND named.b2c_source = %(source)s
               AND named.b2c_external_id = snap.external_id
             LIMIT 1) sale ON TRUE
      LEFT JOIN LATERAL (
            SELECT MAX(COALESCE(event.protocol_date, doc.document_date)) AS at
              FROM sale_order_line line
              JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
              JOIN account_move_line item ON item.id = rel.invoice_line_id
              JOIN account_move move ON move.id = item.move_id
              JOIN l10n_br_fiscal_document doc ON doc.id = move.fiscal_document_id
              LEFT JOIN l10n_br_fiscal_event event
                     ON event.id = doc.authorization_event_id
             WHERE line.order_id = sale.id
               AND move.move_type = 'out_invoice'
               AND doc.state_edoc = 'autorizada') note ON TRUE
      LEFT JOIN LATERAL (
            SELECT BOOL_OR(parcel.state IN ('handed_over', 'in_transit', 'delivered',
                                            'failed', 'lost', 'returning', 'returned')
                          ) AS gone,
                   BOOL_OR(parcel.state != 'cancelled'
                           AND parcel.invoice_state NOT IN ('not_required', 'accepted')
                          ) AS unsent
              FROM marketplace_parcel_order_rel rel
              JOIN marketplace_parcel parcel ON parcel.id = rel.parcel_id
             WHERE rel.order_id = bound.id) parcel ON TRUE
     WHERE snap.reconciliation_id = %(run)s
       AND snap.found IN ('listed', 'read', 'missing')
       AND snap.id > %(after)s
     ORDER BY snap.id
     LIMIT %(limit)s
"""
