-- id: M06
-- title: Every live credit memo says the kind and the reason of its source
-- family: classification
-- severity: books
-- kind: fail
-- effect: posted wrong
-- at: history
-- flow: invoice-to-posting
-- A credit of a price leaves the goods where they are (PST-P14), a credit of a quantity sends them back (PST-P15): the amount may be the same. An
-- invoice says neither.
-- section: candidates
select d.flow, count(*) as n from doc d where d.flow = 'invoice-to-posting' and d.live and exists (
  select 1 from effect s where s.entity_type = 'source_fact' and s.txn_id = d.txn_id and coalesce(s.src_version, 1) = d.revision) group by 1
-- section: violations
with due as (
  select d.seq, s.category as name, s.ext_ref as due from doc d join effect s on s.txn_id = d.txn_id and s.entity_type = 'source_fact'
    and coalesce(s.src_version, 1) = d.revision where d.flow = 'invoice-to-posting' and d.live),
told as (
  select d.seq, f.name, f.word from doc d join stated f on f.node = d.node and f.document = d.entity_id
  where d.flow = 'invoice-to-posting' and d.live and f.name in ('credit_kind', 'credit_reason'))
select d.txn_id, d.call_point, abs(d.amount_minor) as money_minor, d.currency,
  format('supplier invoice {} says {} as {}; {} says {}', d.entity_id, coalesce(t.word, 'nothing'), words(name), s.entity_id,
  coalesce(u.due, 'nothing')) as story, t.word as stated, u.due
from due u full join told t using (seq, name) join doc d using (seq) join src s on s.txn_id = d.txn_id
where u.due is distinct from t.word
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind in ('commit', 'source_action') or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
