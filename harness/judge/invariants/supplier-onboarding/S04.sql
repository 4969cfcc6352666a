-- id: S04
-- title: A supplier that was turned down has no live vendor
-- family: onboarding
-- severity: security
-- kind: fail
-- effect: left standing
-- at: rest
-- flow: supplier-onboarding
-- Examined: every request, for how it ended. A vendor that was deactivated is none, unless a connector made it active again.
-- section: candidates
select flow, count(*) as n from still where flow = 'supplier-onboarding' and meaning is not null group by 1
-- section: violations
select o.txn_id, d.call_point, null::bigint as money_minor, d.currency,
  format('{} is {}, and its vendor {} is live', o.source_id, words(o.source_state), d.entity_id) as story, o.source_state, d.entity_id as vendor
from still o join doc d on d.txn_id = o.txn_id and d.entity_type = 'vendor' and (d.live or exists (
  select 1 from effect e where e.node = d.node and e.entity_type = 'vendor' and e.entity_id = d.entity_id and e.seq > d.dead_seq
    and e.request_seq is not null and e.state = 'active') and d.state = 'active')
where o.flow = 'supplier-onboarding' and (o.meaning in ('refused', 'dead') or o.source_state in ('rejected', 'withdrawn'))
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
