-- a copy of the database never reaches a production SEFAZ, and signs for nobody
UPDATE res_company
   SET nfe_environment = '2',
       nfe_endpoint_base = NULL,
       nfe_ca_bundle = NULL,
       nfe_dfe = FALSE,
       certificate_id = NULL,
       nfe_csrt = NULL,
       nfe_held_until = NULL,
       nfe_stop_code = NULL,
       nfe_stop_reason = NULL;
-- what waited for the original must not leave from the copy
UPDATE l10n_br_fiscal_document
   SET nfe_transmission = 'none'
 WHERE nfe_transmission IN ('ready', 'sending', 'unknown');
UPDATE l10n_br_fiscal_document
   SET nfe_cancellation = NULL,
       nfe_correction = NULL,
       nfe_epec = NULL,
       nfe_delivery = NULL
 WHERE nfe_cancellation IS NOT NULL
    OR nfe_correction IS NOT NULL
    OR nfe_epec IS NOT NULL
    OR nfe_delivery IS NOT NULL;
UPDATE nfe_contingency SET until = now() AT TIME ZONE 'UTC' WHERE until IS NULL;
UPDATE res_company SET nfe_contingency_policy = 'off';
UPDATE nfe_voiding SET state = 'draft' WHERE state IN ('ready', 'sending', 'unknown');
UPDATE nfe_package SET state = 'failed' WHERE state = 'building';
UPDATE nfe_attempt SET state = 'done' WHERE state != 'done';
UPDATE queue_job
   SET state = 'cancelled'
 WHERE state IN ('wait_dependencies', 'pending', 'enqueued', 'started')
   AND channel LIKE 'root.nfe.%';
