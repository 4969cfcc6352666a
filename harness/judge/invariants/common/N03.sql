-- id: N03
-- title: Nobody is told what is not true
-- family: accuracy
-- severity: money
-- kind: fail
-- effect: told wrong
-- at: history
-- kinds: status
-- A status counts as true from the moment at which the source had it: told before, it was a guess.
-- section: candidates
select flow, count(*) as n from copy join txn t using (txn_id, flow) where t.flow_kind = 'status' group by 1
-- section: violations
select c.txn_id, c.call_point, s.amount_minor as money_minor, s.currency,
  format('{} {} was told "{}", which {} {}', words(c.entity_type), c.entity_id, c.value, coalesce(s.entity_id, 'its source'),
    case when exists (select 1 from version v where v.txn_id = c.txn_id and v.due_id = c.due_id and v.value = c.value)
    then 'only became later' else 'never was' end) as story, c.value as told
from copy c join txn t using (txn_id) left join src s using (txn_id)
where t.flow_kind = 'status' and not exists (
  select 1 from version v where v.txn_id = c.txn_id and v.due_id = c.due_id and v.value = c.value and v.seq < c.asked_seq)
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
