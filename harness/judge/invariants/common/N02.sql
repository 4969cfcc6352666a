-- id: N02
-- title: News arrives in order: an older status never follows a newer one
-- family: order
-- severity: books
-- kind: fail
-- effect: told wrong
-- at: history
-- kinds: status
-- Examined: news that follows other news of the same document. What never was true is N03's matter.
-- section: candidates
select flow, count(*) as n from (
  select c.flow, c.of_seq, max(c.of_seq) over (partition by c.txn_id, c.due_id, c.node, c.entity_id order by c.seq
    rows between unbounded preceding and 1 preceding) as newest_seq
  from (select c.*, (select max(v.seq) from version v where v.txn_id = c.txn_id and v.due_id = c.due_id and v.value = c.value and v.seq < c.seq) as of_seq
    from copy c join txn t using (txn_id) where t.flow_kind = 'status') c)
where of_seq is not null and newest_seq is not null group by 1
-- section: violations
with dated as (
  select c.*, (select max(v.seq) from version v where v.txn_id = c.txn_id and v.due_id = c.due_id and v.value = c.value and v.seq < c.seq) as of_seq
  from copy c join txn t using (txn_id) where t.flow_kind = 'status'),
before as (
  select *, max(of_seq) over w as newest_seq, arg_max(value, of_seq) over w as newest from dated
  window w as (partition by txn_id, due_id, node, entity_id order by seq rows between unbounded preceding and 1 preceding))
select txn_id, call_point, null::bigint as money_minor, null as currency,
  format('{} {} was told "{}" after it had been told "{}", which is newer', words(entity_type), entity_id, value, newest) as story,
  value as told, newest, seq
from before where of_seq < newest_seq
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
