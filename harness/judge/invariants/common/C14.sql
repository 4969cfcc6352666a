-- id: C14
-- title: Every live posting is of the kind and on the accounts that the crosswalks give for its source
-- family: classification
-- severity: books
-- kind: fail
-- compares: account
-- effect: posted wrong
-- at: history
-- By account, and by account, cost centre and project together, not line by line: a connector may add lines up. By the rule that holds on the day of
-- the line. Not examined: documents of which a source line has no day and two rules, because one changed in these days, or no rule, which takes
-- the PASS away; and what accounts payable credits by itself.
-- section: candidates
select d.flow, count(*) as n from doc d join mapped using (node, entity_type, entity_id) where d.live group by 1
union all
select d.flow, count(*) from doc d join src_revision r on r.txn_id = d.txn_id and r.revision = d.revision
join ref_variant x on x.flow = d.flow and x.source_value = r.company where d.live group by 1
-- section: violations
select d.txn_id, d.call_point, abs(coalesce(b.found, 0) - coalesce(b.due, 0))::bigint as money_minor, d.currency,
  format('{} {} is booked with {} in minor units on account {}; the lines of {} map to {} there', words(d.entity_type), d.entity_id,
  coalesce(b.found, 0), b.account, s.entity_id, coalesce(b.due, 0)) as story, b.account, coalesce(b.found, 0)::bigint as found_minor,
  coalesce(b.due, 0)::bigint as due_minor
from (select node, entity_type, entity_id, account, u.due, f.found
      from (select node, entity_type, entity_id, account, sum(amount_minor) as due from due_line group by all) u
      full join (select node, entity_type, entity_id, account, sum(amount_minor) as found from coded
        where account in (select account from ref_account) group by all) f using (node, entity_type, entity_id, account)) b
join mapped m using (node, entity_type, entity_id)
join doc d on d.node = m.node and d.entity_type = m.entity_type and d.entity_id = m.entity_id and d.live
join src s on s.txn_id = d.txn_id
where coalesce(b.found, 0) <> coalesce(b.due, 0)
union all
select d.txn_id, d.call_point, abs(c.found - c.due)::bigint, d.currency,
  format('{} {} is booked with {} in minor units on account {} and cost centre {}{}; the lines of {} map to {} there', words(d.entity_type),
  d.entity_id, c.found, c.account, coalesce(c.cost_center, 'none'), coalesce(', project ' || c.project, ''), s.entity_id, c.due), c.account,
  c.found, c.due
from cell c join doc d on d.node = c.node and d.entity_type = c.entity_type and d.entity_id = c.entity_id and d.live join src s using (txn_id)
where c.found <> c.due
union all
select d.txn_id, d.call_point, d.amount_minor, d.currency,
  format('{} was posted as {} {}; its entity {} posts such documents as {}', s.entity_id, words(d.entity_type), d.entity_id, r.company,
  words(x.entity_type)), d.entity_type, d.amount_minor, d.amount_minor
from doc d join src s using (txn_id) join src_revision r on r.txn_id = d.txn_id and r.revision = d.revision
join ref_variant x on x.flow = d.flow and x.source_value = r.company
where d.live and d.entity_type <> x.entity_type
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
