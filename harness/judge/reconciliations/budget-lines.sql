-- id: budget-lines
-- title: Published budget lines and the target's budget
-- left: published budget
-- right: budget in force
-- By company, cost centre and account group, over all months of the plan: how a year is spread over months is asked by rule B07. The latest
-- version that was published, and the latest that the target took.
-- section: rows
with published as (
  select e.txn_id, t.flow, arg_max(e.src_version, e.seq) as version, arg_max(e.t_biz, e.seq) as t_biz
  from effect e join txn t using (txn_id)
  join ref_source_state m on m.entity_type = e.entity_type and m.state = e.state and m.meaning = 'approved'
  where t.flow_kind = 'state' and e.entity_type = t.flow_source and e.src_version is not null group by 1, 2),
planned as (
  select p.flow, p.txn_id, p.t_biz, x.target_value as cost_center, c.target_value as company, a.account as account_group, s.currency, s.amount_minor
  from published p join effect s on s.txn_id = p.txn_id and s.src_version = p.version
  join txn t on t.txn_id = p.txn_id join ref_document k on k.entity_type = t.flow_source and k.lines = s.entity_type
  left join ref_crosswalk c on c.source = t.flow_source and c.kind = 'company' and c.source_value = s.company
  left join ref_crosswalk x on x.source = t.flow_source and x.kind = 'cost_center' and x.source_value = s.cost_center
    and coalesce(x.company = c.target_value, true)
  left join ref_account a on a.source = t.flow_source and a.category = s.category),
latest as (
  select node, parent_id, max(src_version) as version from effect where entity_type = 'budget_line' group by 1, 2),
held as (
  select t.flow, l.txn_id, l.t_biz, l.cost_center, l.company, l.account as account_group, l.currency, l.amount_minor
  from effect l join latest v on v.node = l.node and v.parent_id = l.parent_id and v.version = l.src_version
  left join txn t on t.txn_id = l.txn_id where l.entity_type = 'budget_line'),
side as (select *, true as is_left from planned union all by name select *, false as is_left from held)
select concat_ws(' · ', coalesce(company, 'no company'), coalesce(cost_center, 'no cost centre'), coalesce(account_group, 'no account group')) as key,
  max(flow) as flow, max(txn_id) as txn_id, currency, sum(amount_minor) filter (is_left)::bigint as left_minor,
  sum(amount_minor) filter (not is_left)::bigint as right_minor, null::varchar as left_word, null::varchar as right_word,
  coalesce(max(t_biz) filter (is_left), max(t_biz)) as since
from side group by company, cost_center, account_group, currency
