-- id: K03
-- title: One idempotency key is used for one document
-- family: conduct
-- severity: conduct
-- kind: warn
-- kinds: document state status query
-- at: history
-- At one call point of one instance: what is answered to the second document is the answer of the first one.
-- section: candidates
select t.flow, count(*) as n from op join txn t using (txn_id) where idem_key is not null group by 1
-- section: violations
select arg_max(txn_id, seq) as txn_id, call_point, null::bigint as money_minor, null as currency,
  format('one idempotency key was sent for {} documents, of {}', count(distinct txn_id), string_agg(distinct txn_id, ', ' order by txn_id)) as story,
  idem_key, count(*) as requests
from op join (select seq, node from h where kind = 'request') using (seq) where idem_key is not null and txn_id is not null
group by idem_key, call_point, node having count(distinct txn_id) > 1
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'response_end', 'fault_fired')
