-- id: K02
-- title: One idempotency key is used for one body
-- family: conduct
-- severity: conduct
-- kind: warn
-- kinds: document state status query
-- at: history
-- section: candidates
select t.flow, count(*) as n from op left join txn t using (txn_id) where idem_key is not null and body_hash is not null group by 1
-- section: violations
select min(txn_id) as txn_id, call_point, null::bigint as money_minor, null as currency,
  format('one idempotency key was sent with {} different bodies', count(distinct body_hash)) as story, idem_key, count(*) as requests
from op where idem_key is not null and body_hash is not null group by idem_key, call_point having count(distinct body_hash) > 1
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'response_end', 'fault_fired')
