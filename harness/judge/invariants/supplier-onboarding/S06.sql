-- id: S06
-- title: A vendor has the tax id of the supplier that was asked for
-- family: onboarding
-- severity: money
-- kind: fail
-- effect: posted wrong
-- at: history
-- flow: supplier-onboarding
-- section: candidates
select d.flow, count(*) as n from doc d join src_revision r on r.txn_id = d.txn_id and r.revision = d.revision
where d.entity_type = 'vendor' and d.flow = 'supplier-onboarding' and d.live and r.party is not null group by 1
-- section: violations
select d.txn_id, d.call_point, null::bigint as money_minor, d.currency,
  format('vendor {} has the tax id {}; {} was asked for', d.entity_id, coalesce(d.party, 'of nobody'), r.party) as story, d.party as tax_id,
  r.party as asked_for
from doc d join src_revision r on r.txn_id = d.txn_id and r.revision = d.revision
where d.entity_type = 'vendor' and d.flow = 'supplier-onboarding' and d.live and r.party is not null and d.party is distinct from r.party
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action', 'fault_fired') or (kind in ('request', 'response_end') and call_kind in ('read', 'create')))
