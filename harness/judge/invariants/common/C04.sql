-- id: C04
-- title: No document is posted and declared as not posted at the same time
-- family: exclusivity
-- severity: money
-- kind: fail
-- effect: told wrong
-- at: history
-- "Outcome unknown, verify" and "posted, write-back pending" are honest declarations. A document that commits after the declaration
-- counts when it was requested before: the connector declared as not posted what it had asked for.
-- Examined: items that are declared as not posted.
-- section: candidates
select t.flow, count(*) as n from parked p join txn t using (txn_id) where coalesce(p.state, 'not_posted') not in ('unknown', 'posted') group by 1
-- section: violations
select p.txn_id, d.call_point, max(d.amount_minor) as money_minor, any_value(d.currency) as currency,
  format('{} is declared parked as not posted ("{}"), but {} is live: posting it again by hand would pay twice',
  any_value(p.entity_id), coalesce(any_value(p.reason), 'no reason given'),
    string_agg(distinct words(d.entity_type) || ' ' || d.entity_id, ', ')) as story,
  any_value(p.class) as parked_class, any_value(p.state) as declared_outcome
from parked p join doc d on d.txn_id = p.txn_id and not d.never_posted
where coalesce(p.state, 'not_posted') not in ('unknown', 'posted')
  and (d.dead_seq is null or d.dead_seq > p.seq)
  and (d.seq < p.seq or (d.request_seq is not null and d.request_seq < p.seq)
  or (d.request_seq is null
  and not exists (select 1 from op where op.txn_id = p.txn_id and op.call_kind = 'create' and op.seq between p.seq and d.seq)))
group by p.txn_id, d.call_point
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('commit', 'parked', 'redrive', 'source_action', 'read_view', 'fault_fired', 'proc_kill', 'event_ack')
