-- id: B08
-- title: Planning is told that a version is in force only when it is
-- family: budget
-- severity: books
-- kind: fail
-- effect: told wrong
-- at: history
-- flow: budget-publication
-- section: candidates
select flow, count(*) as n from copy where entity_type = 'budget_publication' and state = 'in_force' group by 1
-- section: violations
select p.txn_id, p.call_point, null::bigint as money_minor, null as currency,
  format('planning was told that version {} of {} is in force, which the target did not have', p.version, p.entity_id) as story, p.version, p.seq
from copy p where p.entity_type = 'budget_publication' and p.state = 'in_force' and not exists (
  select 1 from copy c where c.txn_id = p.txn_id and c.entity_type = 'budget_version' and c.version = p.version and c.seq < p.seq)
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
