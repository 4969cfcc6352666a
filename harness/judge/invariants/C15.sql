-- id: C15
-- title: Nothing is posted before its source document is approved
-- family: authorisation
-- severity: security
-- kind: fail
-- at: history
-- section: candidates
select count(*) from doc join src using (txn_id)
-- section: violations
select d.txn_id, d.call_point, d.amount_minor as money_minor, d.currency,
  format('{} {} was posted {}', words(d.entity_type), d.entity_id, case when r.approved_seq is null
  then 'although ' || s.entity_id || ' was never approved' else 'before ' || s.entity_id || ' was approved' end) as story,
  d.seq as posted_at, r.approved_seq as approved_at
from doc d join src s using (txn_id) left join src_revision r on r.txn_id = d.txn_id and r.revision = d.revision
where coalesce(r.approved_seq, s.approved_seq) is null or d.seq < coalesce(r.approved_seq, s.approved_seq)
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('event_sent', 'event_ack', 'event_dropped', 'commit', 'fault_fired', 'source_action')
