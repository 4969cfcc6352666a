-- id: C06
-- title: Every live posting has the amount and currency of its source document
-- family: accuracy
-- severity: money
-- kind: fail
-- at: history
-- section: candidates
select count(*) from doc d join src_revision r using (txn_id, revision) where d.live and r.amount_minor is not null
  and d.amount_minor is not null
-- section: violations
select d.txn_id, d.call_point, abs(d.amount_minor - r.amount_minor) as money_minor, coalesce(r.currency, d.currency) as currency,
  format('{} {} carries {} {} in minor units; {} says {} {}', words(d.entity_type), d.entity_id, d.amount_minor, d.currency,
  s.entity_id, r.amount_minor, r.currency) as story,
  d.amount_minor as posted_minor, d.currency as posted_currency, r.amount_minor as source_minor, r.currency as source_currency
from doc d join src_revision r using (txn_id, revision) join src s using (txn_id)
where d.live and r.amount_minor is not null and d.amount_minor is not null
  and (d.amount_minor <> r.amount_minor or d.currency <> r.currency)
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
