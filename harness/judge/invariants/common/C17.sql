-- id: C17
-- title: An older revision of a source document never overwrites a newer one
-- family: order
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- Examined: writes that come after another one that says from which revision it is.
-- section: candidates
select flow, count(*) as n from (
  select t.flow, e.effect, max(src_version) over (partition by txn_id order by seq rows between unbounded preceding and 1 preceding) as newest
  from effect e join txn t using (txn_id) where op_id is not null and src_version is not null and t.flow_kind = 'document')
where newest is not null and effect <> 'reverse' group by 1
-- section: violations
select txn_id, call_point, amount_minor as money_minor, currency,
  format('{} {} was written from revision {} after revision {} had been written', words(entity_type), entity_id, src_version,
  newest) as story, src_version, newest, seq
from (select e.*, t.flow_kind, max(src_version) over (partition by txn_id order by seq rows between unbounded preceding and 1 preceding) as newest
      from effect e join txn t using (txn_id) where op_id is not null and src_version is not null and t.flow_kind = 'document')
where src_version < newest and effect <> 'reverse'
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
