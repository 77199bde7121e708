-- a copy must neither call a marketplace nor burn its refresh token
DELETE FROM marketplace_token;
UPDATE marketplace_account
   SET state = 'paused',
       state_reason = 'neutralized copy',
       -- empty would mean the channel's own address
       base_url = 'http://127.0.0.1:9',
       client_id = NULL,
       client_secret = NULL,
       hook_key = NULL,
       oauth_nonce = NULL,
       oauth_verifier = NULL;
UPDATE marketplace_outbox
   SET state = 'blocked',
       error_code = 'neutralized'
 WHERE state IN ('waiting', 'sending', 'failed');
UPDATE marketplace_request
   SET state = 'rejected',
       error_code = 'neutralized'
 WHERE state IN ('waiting', 'sending', 'failed');
UPDATE ir_cron
   SET active = FALSE
  FROM ir_model_data data
 WHERE data.module = 'marketplace_connector'
   AND data.model = 'ir.cron'
   AND data.res_id = ir_cron.id;
UPDATE queue_job
   SET state = 'cancelled'
 WHERE state IN ('wait_dependencies', 'pending', 'enqueued', 'started')
   AND channel LIKE 'root.channel%';
