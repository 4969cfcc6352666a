-- id: P07
-- title: No document is made before the one that it grows out of
-- family: order
-- severity: books
-- kind: fail
-- effect: posted unasked
-- at: history
-- Examined: documents of transactions that have one before them in their case, of which something was due.
-- section: candidates
select d.flow, count(*) as n from doc d join txn t using (txn_id) join outcome p on p.txn_id = t.parent where p.due_n > 0 group by 1
-- section: violations
select d.txn_id, d.call_point, d.amount_minor as money_minor, d.currency,
  format('{} {} was made before any document of {} existed', words(d.entity_type), d.entity_id, coalesce(p.source_id, t.parent)) as story,
  d.seq as made_at, b.seq as parent_made_at
from doc d join txn t using (txn_id) join outcome p on p.txn_id = t.parent
left join (select txn_id, min(seq) as seq from doc group by 1) b on b.txn_id = t.parent
where p.due_n > 0 and (b.seq is null or d.seq < b.seq)
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
