-- id: R02
-- title: No target goes back to an older version of a record
-- family: order
-- severity: books
-- kind: fail
-- effect: left behind
-- at: history
-- kinds: state
-- Examined: writes after another one. What no version ever said is R03's matter.
-- section: candidates
select flow, count(*) as n from (
  select flow, told, max(told) over (partition by txn_id, due_id, node, entity_id order by seq rows between unbounded preceding and 1 preceding) as newest
  from (select c.*, coalesce(c.version, (select max(v.version) from version v where v.txn_id = c.txn_id and v.due_id = c.due_id
      and v.value = c.value and v.seq < c.seq)) as told from copy c join txn t using (txn_id) where t.flow_kind = 'state'))
where told is not null and newest is not null group by 1
-- section: violations
with numbered as (
  select c.*, coalesce(c.version, (select max(v.version) from version v where v.txn_id = c.txn_id and v.due_id = c.due_id and v.value = c.value
    and v.seq < c.seq)) as told from copy c join txn t using (txn_id) where t.flow_kind = 'state'),
before as (
  select *, max(told) over (partition by txn_id, due_id, node, entity_id order by seq rows between unbounded preceding and 1 preceding) as newest
  from numbered)
select txn_id, call_point, null::bigint as money_minor, null as currency,
  format('{} {} was written from version {} after version {} had been written', words(entity_type), entity_id, told, newest) as story,
  told as version, newest, seq
from before where told < newest
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
