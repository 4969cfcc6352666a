-- id: B03
-- title: An order that was cancelled or closed for good holds no commitment
-- family: budget
-- severity: books
-- kind: fail
-- at: rest
-- PST-P05: released once, and all of it. A commitment below zero was released twice.
-- section: candidates
select t.flow, count(distinct (p.node, p.entity_id)) as n from moved m join paper p on p.node = m.node and p.entity_id = m.owner
left join txn t on t.txn_id = p.txn_id, run_fact r
where r.final_read and m.stage = 'encumbrance' and (p.meaning = 'dead' or p.state = 'finally_closed') group by 1
-- section: violations
select p.txn_id, null as call_point, abs(sum(m.amount_minor))::bigint as money_minor, any_value(m.currency) as currency,
  format('order {} is {} and holds a commitment of {} minor units', p.entity_id, words(p.state), sum(m.amount_minor)) as story,
  sum(m.amount_minor)::bigint as held
from moved m join paper p on p.node = m.node and p.entity_id = m.owner, run_fact r
where r.final_read and m.stage = 'encumbrance' and (p.meaning = 'dead' or p.state = 'finally_closed')
group by p.txn_id, p.entity_id, p.state having sum(m.amount_minor) <> 0
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
