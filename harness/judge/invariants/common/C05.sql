-- id: C05
-- title: Every posting belongs to a source document
-- family: occurrence
-- severity: money
-- kind: fail
-- effect: posted unasked
-- at: history
-- Of a load in somebody else's world only what came later is known: what was begun before is no reason to blame anybody (integrity.py).
-- section: candidates
select flow, count(*) as n from doc group by 1
union all select t.flow, count(*) from stray join txn t using (txn_id) group by 1
union all select null, count(*) from document where txn_id is not null and txn_id not in (select txn_id from txn)
-- section: violations
select null as txn_id, call_point, amount_minor as money_minor, currency,
  format('{} {} belongs to no source document', words(entity_type), entity_id) as story, entity_id, ext_ref, seq
from doc where txn_id is null
union all
select d.txn_id, d.call_point, d.amount_minor, d.currency,
  format('{} {} belongs to the transaction {}, which nobody began', words(d.entity_type), d.entity_id, d.txn_id), d.entity_id, d.ext_ref, d.seq
from document d cross join run_fact f where d.txn_id is not null and d.txn_id not in (select txn_id from txn) and not f.joined_late
union all
select s.txn_id, s.call_point, s.amount_minor, s.currency,
  format('{} {} was made for a document of the flow {}, which makes no such thing', words(s.entity_type), s.entity_id, t.flow), s.entity_id, null, s.seq
from stray s join txn t using (txn_id)
union all
select null, d.call_point, d.amount_minor, d.currency,
  format('{} {} says that it stands for {}, which is no source document', words(l.entity_type), l.entity_id, l.source_id), l.entity_id, d.ext_ref, d.seq
from listed l join document d using (node, entity_type, entity_id) where l.txn_id is null
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'commit', 'fault_fired', 'source_action', 'parked', 'read_view')
