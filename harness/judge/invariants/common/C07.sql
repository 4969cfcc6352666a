-- id: C07
-- title: Every live posting carries what its source maps to: company, supplier or employee, cost centres, projects and amounts
-- family: classification
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- A journal may name nobody: the ERP does not ask for it.
-- Each aspect counts by itself. Not examined: aspects that the flow does not compare, and what the crosswalks do not know, which
-- takes the PASS away.
-- section: candidates
select d.flow, count(*) as n from doc d join src s on s.txn_id = d.txn_id
join src_revision r on r.txn_id = d.txn_id and r.revision = d.revision
join ref_crosswalk c on c.source = s.entity_type and c.kind = 'company' and c.source_value = r.company
where d.live and contains(d.compare, 'company') and d.company is not null group by 1
union all
select d.flow, count(distinct (d.node, d.entity_type, d.entity_id)) from doc d join src s using (txn_id)
join line l on l.parent_id = d.entity_id and l.node = d.node
where d.live and contains(d.compare, 'cost_center') and l.cost_center is not null and exists (
  select 1 from (select txn_id, cost_center from src_state
    union select e.txn_id, e.cost_center from effect e where e.entity_type in (select lines from ref_document)) st
  join ref_crosswalk x on x.source = s.entity_type and x.kind = 'cost_center' and x.source_value = st.cost_center
    and coalesce(x.company = d.company, true) where st.txn_id = d.txn_id) group by 1
union all
select d.flow, count(*) from doc d join src s using (txn_id) join src_revision r on r.txn_id = d.txn_id and r.revision = d.revision
where d.live and contains(d.compare, 'party') and d.party is not null and exists (
  select 1 from ref_crosswalk c where c.kind = 'party' and c.source = s.entity_type and c.source_value = r.party and coalesce(c.company = d.company, true))
group by 1
union all
select d.flow, count(distinct (u.node, u.entity_type, u.entity_id, u.cost_center)) from due_line u join doc d on d.node = u.node
  and d.entity_type = u.entity_type and d.entity_id = u.entity_id and d.live
where (u.cost_center is not null or u.source_cost_center is null) and not coalesce(u.side, false) and contains(u.compare, 'cost_center') group by 1
union all
select d.flow, count(distinct (d.node, d.entity_type, d.entity_id)) from doc d join ref_document k on k.entity_type = d.entity_type and k.with_project
join due_line u on u.node = d.node and u.entity_type = d.entity_type and u.entity_id = d.entity_id
where d.live and contains(d.compare, 'project') and not exists (
  select 1 from due_line m where m.node = d.node and m.entity_type = d.entity_type and m.entity_id = d.entity_id
    and m.source_project is not null and m.project is null) group by 1
-- section: violations
select d.txn_id, d.call_point, d.amount_minor as money_minor, d.currency,
  format('{} {} was posted in company {}; its source document belongs to company {}', words(d.entity_type), d.entity_id, d.company,
  c.target_value) as story,
  d.company as carried, c.target_value as due
from doc d join src s on s.txn_id = d.txn_id join src_revision r on r.txn_id = d.txn_id and r.revision = d.revision
join ref_crosswalk c on c.source = s.entity_type and c.kind = 'company' and c.source_value = r.company
where d.live and contains(d.compare, 'company') and d.company <> c.target_value
union all
select d.txn_id, d.call_point, d.amount_minor, d.currency,
  format('{} {} was booked on cost centre {}, which belongs to none of the cost centres of {}', words(d.entity_type), d.entity_id,
  l.cost_center, s.entity_id), l.cost_center, c.due
from doc d join src s using (txn_id) join line l on l.parent_id = d.entity_id and l.node = d.node
join (select o.node, o.entity_type, o.entity_id, string_agg(distinct x.target_value, ', ') as due, list(distinct x.target_value) as valid
      from (select txn_id, cost_center from src_state
        union select e.txn_id, e.cost_center from effect e where e.entity_type in (select lines from ref_document)) st
      join doc o using (txn_id) join src so using (txn_id)
      join ref_crosswalk x on x.source = so.entity_type and x.kind = 'cost_center' and x.source_value = st.cost_center
        and coalesce(x.company = o.company, true)
        group by 1, 2, 3) c on c.node = d.node and c.entity_type = d.entity_type and c.entity_id = d.entity_id
where d.live and contains(d.compare, 'cost_center') and l.cost_center is not null and not list_contains(c.valid, l.cost_center)
union all
select d.txn_id, d.call_point, abs(c.due - c.found)::bigint, d.currency,
  format('{} {} was booked with {} in minor units on cost centre {}; the lines of {} belong there with {}', words(d.entity_type),
  d.entity_id, c.found, c.cost_center, s.entity_id, c.due), c.found::varchar, c.due::varchar
from (select node, entity_type, entity_id, cost_center, sum(due)::bigint as due, sum(found)::bigint as found
      from (select node, entity_type, entity_id, cost_center, amount_minor as due, 0 as found from due_line
              where cost_center is not null and not coalesce(side, false) and contains(compare, 'cost_center')
            union all
            select k.node, k.entity_type, k.entity_id, k.cost_center, 0, k.amount_minor from coded k
              semi join (select * from due_line where contains(compare, 'cost_center')) u using (node, entity_type, entity_id)
              where k.cost_center is not null and k.account not in (select account from ref_account where side)) group by all) c
join doc d on d.node = c.node and d.entity_type = c.entity_type and d.entity_id = c.entity_id and d.live join src s on s.txn_id = d.txn_id
where c.due <> c.found and (c.due <> 0 or not exists (select 1 from due_line m where m.node = c.node and m.entity_type = c.entity_type
  and m.entity_id = c.entity_id and m.source_cost_center is not null and m.cost_center is null))
union all
select d.txn_id, d.call_point, d.amount_minor, d.currency,
  format('{} {} is about {}; {} is about {}, in the ERP {}', words(d.entity_type), d.entity_id, d.party, s.entity_id,
  r.party, c.due), d.party, c.due
from doc d join src s using (txn_id) join src_revision r on r.txn_id = d.txn_id and r.revision = d.revision
join (select source, source_value, company, string_agg(distinct target_value, ', ') as due, list(distinct target_value) as valid from ref_crosswalk
  where kind = 'party' group by 1, 2, 3) c on c.source = s.entity_type and c.source_value = r.party and coalesce(c.company = d.company, true)
where d.live and contains(d.compare, 'party') and d.party is not null and not list_contains(c.valid, d.party)
union all
select d.txn_id, d.call_point, abs(b.due - b.found)::bigint, d.currency,
  format('{} {} was booked with {} in minor units on {}; the lines of {} belong there with {}', words(d.entity_type), d.entity_id, b.found,
  case b.project when '' then 'no project' else 'project ' || b.project end, s.entity_id, b.due), b.found::varchar, b.due::varchar
from (select node, entity_type, entity_id, project, sum(due)::bigint as due, sum(found)::bigint as found
      from (select node, entity_type, entity_id, coalesce(project, '') as project, amount_minor as due, 0 as found from due_line
            union all select node, entity_type, entity_id, coalesce(project, ''), 0, amount_minor from coded) group by all) b
join doc d on d.node = b.node and d.entity_type = b.entity_type and d.entity_id = b.entity_id and d.live
join ref_document k on k.entity_type = d.entity_type and k.with_project join src s on s.txn_id = d.txn_id
where b.due <> b.found and contains(d.compare, 'project')
  and exists (select 1 from due_line u where u.node = d.node and u.entity_type = d.entity_type and u.entity_id = d.entity_id)
  and not exists (select 1 from due_line u where u.node = d.node and u.entity_type = d.entity_type and u.entity_id = d.entity_id
    and u.source_project is not null and u.project is null)
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
