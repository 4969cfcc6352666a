-- id: B07
-- title: The budget of a month is its share of what was planned, to the last unit
-- family: budget
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- flow: budget-publication
-- What is planned for a year or a quarter is spread over its months: no two of them differ by more than one unit, nothing is lost, and a
-- cost is positive in the target. Planning accounts that are controlled together add up. Examined: versions that name the one they are from.
-- section: candidates
select c.flow, count(*) as n from copy c where c.entity_type = 'budget_version' and c.version is not null group by 1
-- section: violations
with planned as (
  select s.txn_id, s.src_version as version, a.account, s.amount_minor, s.document_date as first, s.posting_date as last, s.currency,
    datediff('month', s.document_date::date, s.posting_date::date) + 1 as months
  from effect s join txn t using (txn_id) join ref_account a on a.source = t.flow_source and a.category = s.category
  where s.entity_type = 'source_line' and t.flow = 'budget-publication'),
share as (
  select txn_id, version, account, strftime(unnest(generate_series(first::date, last::date, interval 1 month)), '%Y-%m') as period, amount_minor, months
  from planned),
plan as (select txn_id, version, any_value(currency) as currency from planned group by all),
due as (
  select txn_id, version, account, period, sum(floor(amount_minor / months))::bigint as least, sum(ceil(amount_minor / months))::bigint as most
  from share group by all),
held as (
  select c.txn_id, c.version, l.account, l.period, sum(l.amount_minor)::bigint as amount
  from copy c join effect l on l.txn_id = c.txn_id and l.parent_id = c.entity_id and l.src_version = c.version and l.entity_type = 'budget_line'
  where c.entity_type = 'budget_version' group by all),
written as (select distinct txn_id, version, call_point from copy where entity_type = 'budget_version'),
wrong as (
  select w.txn_id, w.call_point, coalesce(d.account, h.account) as account, coalesce(d.period, h.period) as period, coalesce(h.amount, 0) as amount,
    coalesce(d.least, 0) as least, coalesce(d.most, 0) as most, w.version
  from written w join (due d full join held h using (txn_id, version, account, period)) on w.txn_id = txn_id and w.version = version
  where coalesce(h.amount, 0) not between coalesce(d.least, 0) and coalesce(d.most, 0)),
spans as (select txn_id, version, account, first, last, sum(amount_minor)::bigint as planned from planned group by all),
lost as (
  select w.txn_id, w.call_point, s.version, s.account, s.first, s.last, s.planned, coalesce(sum(h.amount), 0)::bigint as held
  from written w join spans s using (txn_id, version)
  left join held h on h.txn_id = s.txn_id and h.version = s.version and h.account = s.account and h.period between left(s.first, 7) and left(s.last, 7)
  group by all having coalesce(sum(h.amount), 0) <> s.planned)
select txn_id, call_point, greatest(amount - most, least - amount) as money_minor, currency,
  format('accounts {} have a budget of {} in {}; their share of what was planned is {} to {} minor units', account, amount, period, least, most)
    as story, account, period
from wrong join plan using (txn_id, version)
union all
select txn_id, call_point, abs(held - planned)::bigint, currency,
  format('accounts {} have a budget of {} from {} to {}; {} minor units were planned', account, held, first, last, planned), account, left(first, 7)
from lost join plan using (txn_id, version)
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind in ('create', 'update')) or kind = 'fault_fired')
