-- id: K01
-- title: A repeated call keeps its idempotency key
-- family: conduct
-- severity: conduct
-- kind: warn
-- kinds: document state status
-- at: history
-- Examined: repetitions of a call whose outcome was left open, both with a key or both without: no key is another design, not a mistake. Where
-- only one of them has a key nothing is compared.
-- section: candidates
select t.flow, count(distinct a.op_id) as n
from op a join op b on b.txn_id = a.txn_id and b.call_point = a.call_point and b.body_hash = a.body_hash and b.seq < a.seq
join txn t on t.txn_id = a.txn_id
where a.call_kind in ('create', 'update') and (a.idem_key is null) = (b.idem_key is null)
  and (b.client_view = 'info' or b.status in (429, 503)) group by 1
-- section: violations
select a.txn_id, a.call_point, null::bigint as money_minor, null as currency,
  format('attempt {} repeats the same body after an answer that left the outcome open, under another idempotency key',
  a.attempt) as story, a.attempt, a.idem_key, b.idem_key as earlier_key
from op a join op b on b.txn_id = a.txn_id and b.call_point = a.call_point and b.body_hash = a.body_hash and b.seq < a.seq
where a.call_kind in ('create', 'update') and a.idem_key is not null and b.idem_key is not null and a.idem_key <> b.idem_key
  and (b.client_view = 'info' or b.status in (429, 503))
qualify row_number() over (partition by a.op_id order by b.seq desc) = 1
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'response_end', 'fault_fired')
