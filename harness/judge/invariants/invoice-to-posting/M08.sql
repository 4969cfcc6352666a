-- id: M08
-- title: The budget that a connector states of a billed line is that of its coding, in the month of its posting
-- family: budget
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- flow: invoice-to-posting
-- profile: books_as_told
-- Of an ERP that books what it is told. A bucket is cost centre, group of accounts and project. The month is that of the posting, or the one in
-- which the source is due, which is another one where that was closed.
-- section: candidates
select d.flow, count(*) as n from doc d join stated f on f.node = d.node and f.document = d.entity_id
where d.flow = 'invoice-to-posting' and d.live and f.name in ('budget_bucket', 'budget_on') group by 1
-- section: violations
select d.txn_id, d.call_point, abs(l.amount_minor)::bigint as money_minor, d.currency,
  format('{} {} states that {} pays for its line {}, which is coded to {}', words(d.entity_type), d.entity_id, f.word, f.line, l.bucket) as story,
  f.word as stated, l.bucket as due
from doc d join stated f on f.node = d.node and f.document = d.entity_id join stated_line l on l.node = f.node and l.line = f.line
where d.flow = 'invoice-to-posting' and d.live and f.name = 'budget_bucket' and f.word is distinct from l.bucket
union all
select d.txn_id, d.call_point, abs(l.amount_minor)::bigint, d.currency,
  format('{} {} states that the budget of {} pays for its line {}, and it is posted on {}', words(d.entity_type), d.entity_id, left(f.word, 7), f.line,
  d.posting_date), f.word, d.posting_date
from doc d join stated f on f.node = d.node and f.document = d.entity_id join stated_line l on l.node = f.node and l.line = f.line
left join src_revision r on r.txn_id = d.txn_id and r.revision = d.revision
where d.flow = 'invoice-to-posting' and d.live and f.name = 'budget_on'
  and left(f.word, 7) not in (left(d.posting_date, 7), left(coalesce(r.posting_date, d.posting_date), 7))
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
