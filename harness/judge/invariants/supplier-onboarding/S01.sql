-- id: S01
-- title: No two live vendors of a company have one tax id
-- family: onboarding
-- severity: money
-- kind: fail
-- effect: posted twice
-- at: history
-- flow: supplier-onboarding
-- section: candidates
select flow, count(*) as n from doc where entity_type = 'vendor' and flow = 'supplier-onboarding' and live and party is not null group by 1
-- section: violations
with twice as (
  select node, company, party, list(entity_id order by seq) as vendors from doc
  where entity_type = 'vendor' and flow = 'supplier-onboarding' and live and party is not null group by all having count(distinct entity_id) > 1)
select d.txn_id, d.call_point, null::bigint as money_minor, d.currency,
  format('vendors {} are live in company {} and have one tax id ({}): one supplier can be paid twice', array_to_string(t.vendors, ' and '), d.company,
  d.party) as story, d.entity_id as vendor, d.party as tax_id
from twice t join doc d on d.node = t.node and d.company = t.company and d.party = t.party and d.live and d.entity_type = 'vendor'
where d.entity_id <> t.vendors[1]
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
