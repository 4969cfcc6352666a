-- id: C22
-- title: Every posted document has lines, and they agree with its header
-- family: accuracy
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- Of kinds whose declaration says which lines they are coded by. Company, currency and period of each line are those of the header; journal
-- lines leave owed what the header says, or debit it where they leave nothing owed; other lines add up to it. Adding lines up, or splitting
-- them, is the connector's choice. What the history ends with is left out: its lines may be missing.
-- section: candidates
select t.flow, count(*) as n from document d join ref_document k using (entity_type) left join txn t using (txn_id)
where k.coded_by is not null and d.posted_seq < (select max(seq) from h where kind <> 'commit') group by 1
-- section: violations
with paper as (
  select d.*, k.coded_by from document d join ref_document k using (entity_type)
  where k.coded_by is not null and d.posted_seq < (select max(seq) from h where kind <> 'commit')),
carried as (
  select node, entity_type, parent_id, sum(amount_minor)::bigint as total, coalesce(sum(amount_minor) filter (amount_minor > 0), 0)::bigint as debit,
    coalesce(-sum(amount_minor) filter (category = 'owed'), 0)::bigint as owed
  from coding_line group by all),
summed as (
  select p.*, case when p.coded_by <> 'journal_line' then c.total when c.owed > 0 then c.owed else c.debit end as found
  from paper p join carried c on c.node = p.node and c.entity_type = p.coded_by and c.parent_id = p.entity_id),
apart as (
  select p.node, p.entity_type, p.entity_id, 'company' as what, p.company as header, l.company as line
  from paper p join coding_line l on l.node = p.node and l.parent_id = p.entity_id where l.company <> p.company
  union all
  select p.node, p.entity_type, p.entity_id, 'currency', p.currency, l.currency
  from paper p join coding_line l on l.node = p.node and l.parent_id = p.entity_id where l.currency <> p.currency
  union all
  select p.node, p.entity_type, p.entity_id, 'period', p.period, l.period
  from paper p join coding_line l on l.node = p.node and l.parent_id = p.entity_id where l.period <> p.period)
select p.txn_id, p.call_point, p.amount_minor as money_minor, p.currency,
  format('{} {} was posted without a single {}', words(p.entity_type), p.entity_id, words(p.coded_by)) as story,
  null::varchar as header, null::varchar as line
from paper p left join carried c on c.node = p.node and c.entity_type = p.coded_by and c.parent_id = p.entity_id where c.parent_id is null
union all
select txn_id, call_point, abs(found - amount_minor)::bigint, currency,
  format('{} {} says {} in minor units, its {}s say {}', words(entity_type), entity_id, amount_minor, words(coded_by), found),
  amount_minor::varchar, found::varchar
from summed where found <> amount_minor
union all
select p.txn_id, p.call_point, p.amount_minor, p.currency,
  format('{} {} is in {} {}, but {} of its lines in {}', words(p.entity_type), p.entity_id, a.what, a.header, count(*), a.line), a.header, a.line
from apart a join paper p on p.node = a.node and p.entity_type = a.entity_type and p.entity_id = a.entity_id
group by p.txn_id, p.call_point, p.amount_minor, p.currency, p.entity_type, p.entity_id, a.what, a.header, a.line
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
