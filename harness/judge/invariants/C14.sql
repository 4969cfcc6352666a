-- id: C14
-- title: Every live posting is of the kind and on the accounts that the crosswalks give for its source
-- family: classification
-- severity: books
-- kind: fail
-- at: history
-- By account, not line by line: a connector may add lines up. Not examined: documents of which a source line has no rule, or two
-- because a rule changed in these days; and what accounts payable credits by itself.
-- section: candidates
select (select count(*) from mapped) + (select count(*) from doc d join src s using (txn_id)
  join ref_crosswalk x on x.kind = 'route' and x.source_value = s.company where d.live and s.entity_type = 'expense_report')
-- section: violations
select d.txn_id, d.call_point, abs(coalesce(b.found, 0) - coalesce(b.due, 0))::bigint as money_minor, d.currency,
  format('{} {} is booked with {} in minor units on account {}; the lines of {} map to {} there', words(d.entity_type), d.entity_id,
  coalesce(b.found, 0), b.account, s.entity_id, coalesce(b.due, 0)) as story, b.account, coalesce(b.found, 0)::bigint as found_minor,
  coalesce(b.due, 0)::bigint as due_minor
from (select entity_id, account, u.due, f.found
      from (select entity_id, account, sum(amount_minor) as due from due group by 1, 2) u
      full join (select entity_id, account, sum(amount_minor) as found from coded where account in (select account from ref_account)
        group by 1, 2) f using (entity_id, account)) b
join mapped m on m.entity_id = b.entity_id join doc d on d.txn_id = m.txn_id and d.entity_id = m.entity_id and d.live
join src s on s.txn_id = d.txn_id
where coalesce(b.found, 0) <> coalesce(b.due, 0)
union all
select d.txn_id, d.call_point, d.amount_minor, d.currency,
  format('{} was posted as {} {}; its entity {} posts expenses as {}', s.entity_id, words(d.entity_type), d.entity_id, r.company,
  words(x.target_value)), d.entity_type, d.amount_minor, d.amount_minor
from doc d join src s using (txn_id) join src_revision r on r.txn_id = d.txn_id and r.revision = d.revision
join ref_crosswalk x on x.kind = 'route' and x.source_value = r.company
where d.live and s.entity_type = 'expense_report' and d.entity_type <> x.target_value
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
