-- id: C07
-- title: Every live posting carries what its source maps to: company, supplier or employee, cost centres, projects and amounts
-- family: classification
-- severity: books
-- kind: fail
-- at: history
-- A journal may name nobody: the ERP does not ask for it.
-- section: candidates
select (select count(*) from doc join src_revision r using (txn_id, revision) join ref_crosswalk c on c.kind = 'company'
  and c.source_value = r.company where live) + (select count(distinct parent_id) from line join doc d on d.entity_id = line.parent_id
    where d.live)
-- section: violations
select d.txn_id, d.call_point, d.amount_minor as money_minor, d.currency,
  format('{} {} was posted in company {}; its source document belongs to company {}', words(d.entity_type), d.entity_id, d.company,
  c.target_value) as story,
  d.company as carried, c.target_value as due
from doc d join src_revision r using (txn_id, revision) join ref_crosswalk c on c.kind = 'company' and c.source_value = r.company
where d.live and d.company <> c.target_value
union all
select d.txn_id, d.call_point, abs(b.debit - d.amount_minor)::bigint, d.currency,
  format('{} {} says {} in minor units, its ledger lines say {}', words(d.entity_type), d.entity_id, d.amount_minor, b.debit) ,
  b.debit::varchar, d.amount_minor::varchar
from doc d join (select parent_id, sum(amount_minor) filter (amount_minor > 0) as debit from line group by 1) b on b.parent_id = d.entity_id
where d.live and b.debit <> d.amount_minor
union all
select d.txn_id, d.call_point, d.amount_minor, d.currency,
  format('{} {} was booked on cost centre {}, which belongs to none of the cost centres of {}', words(d.entity_type), d.entity_id,
  l.cost_center, s.entity_id), l.cost_center, c.due
from doc d join src s using (txn_id) join line l on l.parent_id = d.entity_id
join (select st.txn_id, string_agg(distinct x.target_value, ', ') as due, list(distinct x.target_value) as valid
      from (select txn_id, cost_center from src_state union select txn_id, cost_center from effect where entity_type = 'source_line') st
      join ref_crosswalk x on x.kind = 'cost_center' and x.source_value = st.cost_center
        group by 1) c on c.txn_id = d.txn_id
where d.live and l.cost_center is not null and not list_contains(c.valid, l.cost_center)
union all
select d.txn_id, d.call_point, abs(c.due - coalesce(c.found, 0))::bigint, d.currency,
  format('{} {} was booked with {} in minor units on cost centre {}; the lines of {} belong there with {}', words(d.entity_type),
  d.entity_id, coalesce(c.found, 0), c.cost_center, s.entity_id, c.due), coalesce(c.found, 0)::varchar, c.due::varchar
from (select u.entity_id, u.cost_center, u.due,
        (select sum(amount_minor) from coded k where k.entity_id = u.entity_id and k.cost_center = u.cost_center
           and k.account not in (select account from ref_account where source = '')) as found
      from (select entity_id, cost_center, sum(amount_minor) as due from due where cost_center is not null and side <> ''
        group by 1, 2) u) c
join doc d on d.entity_id = c.entity_id and d.live join src s on s.txn_id = d.txn_id
where c.due <> coalesce(c.found, 0)
union all
select d.txn_id, d.call_point, d.amount_minor, d.currency,
  format('{} {} is about {}; {} is about {}, in the ERP {}', words(d.entity_type), d.entity_id, d.party, s.entity_id,
  r.party, c.due), d.party, c.due
from doc d join src s using (txn_id) join src_revision r on r.txn_id = d.txn_id and r.revision = d.revision
join (select source_value, string_agg(distinct target_value, ', ') as due, list(distinct target_value) as valid from ref_crosswalk
  where kind = 'party' group by 1) c on c.source_value = r.party
where d.live and d.party is not null and not list_contains(c.valid, d.party)
union all
select d.txn_id, d.call_point, abs(b.due - b.found)::bigint, d.currency,
  format('{} {} was booked with {} in minor units on {}; the lines of {} belong there with {}', words(d.entity_type), d.entity_id, b.found,
  case b.project when '' then 'no project' else 'project ' || b.project end, s.entity_id, b.due), b.found::varchar, b.due::varchar
from (select entity_id, project, sum(due)::bigint as due, sum(found)::bigint as found
      from (select entity_id, coalesce(project, '') as project, amount_minor as due, 0 as found from due
            union all select entity_id, coalesce(project, ''), 0, amount_minor from coded) group by 1, 2) b
join doc d on d.entity_id = b.entity_id and d.live and d.entity_type = 'purchase_order' join src s on s.txn_id = d.txn_id
where b.due <> b.found and d.entity_id in (select entity_id from due)
  and d.entity_id not in (select entity_id from due where source_project is not null and project is null)
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
