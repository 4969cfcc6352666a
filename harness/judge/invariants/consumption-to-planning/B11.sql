-- id: B11
-- title: Planning knows each figure of the statement that it was told of, and what is overdrawn
-- family: budget
-- severity: books
-- kind: fail
-- effect: told wrong
-- at: history
-- flow: consumption-to-planning
-- What is spent and what is committed are told apart, each under the account that the crosswalk gives for its group. What is left of a budget need
-- not be told, unless it is less than nothing. Examined: figures that name the statement's version.
-- section: candidates
select c.flow, count(*) as n from copy c where c.entity_type = 'budget_consumption' and c.version is not null group by 1
-- section: violations
with stated as (
  select e.txn_id, e.src_version as version, replace(e.entity_type, 'stated_', '') as figure, coalesce(a.account, e.category) as account,
    sum(e.amount_minor)::bigint as amount, any_value(e.currency) as currency
  from effect e join txn t using (txn_id) left join ref_account a on a.source = t.flow_source and a.category = e.category
  where t.flow = 'consumption-to-planning' and e.entity_type in ('stated_actual', 'stated_commitment', 'stated_available') group by all),
written as (
  select c.txn_id, c.seq, c.call_point, c.version, c.entity_id, c.node, h.version as change
  from copy c join effect h on h.seq = c.seq where c.entity_type = 'budget_consumption' and c.version is not null),
known as (
  select w.txn_id, w.seq, replace(l.entity_type, 'known_', '') as figure, l.account, sum(l.amount_minor)::bigint as amount
  from written w join effect l on l.node = w.node and l.parent_id = w.entity_id and l.version = w.change and l.txn_id = w.txn_id
    and l.entity_type in ('known_actual', 'known_commitment', 'known_available') group by all),
due as (
  select w.txn_id, w.seq, s.figure, s.account, s.amount, s.currency from written w join stated s using (txn_id, version)
  where s.figure <> 'available' or s.amount < 0 or exists (
    select 1 from known k where k.txn_id = w.txn_id and k.seq = w.seq and k.figure = s.figure and k.account = s.account)),
wrong as (
  select txn_id, seq, figure, account, d.amount as due, k.amount as known, d.currency
  from due d full join known k using (txn_id, seq, figure, account)
  where coalesce(d.amount, 0) <> coalesce(k.amount, 0) or (d.figure = 'available' and k.amount is null))
select x.txn_id, w.call_point, abs(coalesce(x.known, 0) - coalesce(x.due, 0)) as money_minor,
  coalesce(x.currency, (select any_value(s.currency) from stated s where s.txn_id = x.txn_id)) as currency,
  format('{} {}: {} of {} is {}, the statement says {} minor units', w.entity_id, case when x.known is null then 'was not told' else 'was told wrong' end,
    x.figure, x.account, coalesce(x.known::varchar, 'not known'), coalesce(x.due::varchar, 'nothing')) as story, x.account, x.figure, w.seq
from wrong x join written w on w.txn_id = x.txn_id and w.seq = x.seq
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
