-- id: C05
-- title: Every posting belongs to a source document
-- family: occurrence
-- severity: money
-- kind: fail
-- at: history
-- section: candidates
select count(*) from doc
-- section: violations
select null as txn_id, call_point, amount_minor as money_minor, currency,
  format('{} {} belongs to no source document', words(entity_type), entity_id) as story, entity_id, ext_ref, seq
from doc where txn_id is null
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'commit', 'fault_fired', 'source_action', 'parked', 'read_view')
