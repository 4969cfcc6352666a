-- id: C12
-- title: Every live posting is in the period in which its source document is due
-- family: cut-off
-- severity: books
-- kind: fail
-- compares: period
-- effect: posted wrong
-- at: history
-- With the policy "next period" a later period is right when the due one had been closed, and was not open again ten seconds before the approval:
-- what a connector knows of the periods may be as old as that.
-- section: candidates
select flow, count(*) as n from doc join src using (txn_id) where live and month_number(period) is not null and contains(compare, 'period') group by 1
-- section: violations
select d.txn_id, d.call_point, d.amount_minor as money_minor, d.currency,
  format('{} {} was posted in period {}; {} was due between {} and {}', words(d.entity_type), d.entity_id, d.period, s.entity_id,
  left(coalesce(r.posting_date, s.first_biz), 7), left(coalesce(r.posting_date, d.t_biz), 7)) as story,
  d.period, left(coalesce(r.posting_date, s.first_biz), 7) as due_from, left(coalesce(r.posting_date, d.t_biz), 7) as due_to
from doc d join src s using (txn_id) left join src_revision r on r.txn_id = d.txn_id and r.revision = d.revision, policy
where d.live and d.period is not null and contains(d.compare, 'period')
  and (month_number(d.period) < month_number(left(coalesce(r.posting_date, s.first_biz), 7))
    or month_number(d.period) > month_number(left(coalesce(r.posting_date, d.t_biz), 7)))
  and not (policy.next_period and exists (
    select 1 from closed c left join h opened on opened.seq = c.to_seq left join h told on told.seq = coalesce(r.approved_seq, s.approved_seq)
    where c.company = d.company and c.from_seq < d.seq and coalesce(opened.t_mono_ns + 10000000000 > told.t_mono_ns, true)
      and month_number(c.period) between month_number(left(coalesce(r.posting_date, s.first_biz), 7)) and month_number(d.period) - 1))
-- section: explain
select seq from timeline where txn_id = $txn
  and (kind = 'commit' or (kind in ('request', 'response_end') and call_kind = 'create') or kind = 'fault_fired')
