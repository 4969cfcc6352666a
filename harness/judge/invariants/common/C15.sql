-- id: C15
-- title: Every posting comes after the approval of its source document, and names those who approved it
-- family: authorisation
-- severity: security
-- kind: fail
-- effect: posted unasked
-- at: history
-- Every posting is examined for when it came. Its approvers are compared where the flow asks for them and the crosswalk knows each of them.
-- section: candidates
select flow, count(*) as n from doc join src using (txn_id) group by 1
-- section: violations
select d.txn_id, d.call_point, d.amount_minor as money_minor, d.currency,
  format('{} {} was posted {}', words(d.entity_type), d.entity_id, case when r.approved_seq is null
  then 'although ' || s.entity_id || ' was never approved' else 'before ' || s.entity_id || ' was approved' end) as story,
  d.seq as posted_at, r.approved_seq as approved_at
from doc d join src s using (txn_id) left join src_revision r on r.txn_id = d.txn_id and r.revision = d.revision
where coalesce(r.approved_seq, s.approved_seq) is null or d.seq < coalesce(r.approved_seq, s.approved_seq)
union all
select d.txn_id, d.call_point, d.amount_minor, d.currency,
  format('{} {} names {} as approver; {} was approved by {}, in the ERP {}', words(d.entity_type), d.entity_id,
  coalesce(d.approvers, 'nobody'), s.entity_id, a.approvers, a.due), d.seq, a.approved_seq
from doc d join src s using (txn_id) join (
  select r.txn_id, r.revision, any_value(r.approvers) as approvers, any_value(r.approved_seq) as approved_seq,
    string_agg(distinct x.target_value, ' ' order by x.target_value) as due, bool_and(x.target_value is not null) as known
  from (select txn_id, revision, approvers, approved_seq, unnest(string_split(approvers, ' ')) as approver from src_revision
    where approvers is not null) r
  join src so using (txn_id)
  left join ref_crosswalk x on x.source = so.entity_type and x.kind = 'approver' and x.source_value = r.approver group by 1, 2) a
  on a.txn_id = d.txn_id and a.revision = d.revision
where d.live and a.known and contains(d.compare, 'approvers') and array_to_string(list_sort(list_distinct(string_split(coalesce(d.approvers, ''), ' '))), ' ') <> a.due
-- section: explain
select seq from timeline where txn_id = $txn
  and kind in ('event_sent', 'event_ack', 'event_dropped', 'commit', 'fault_fired', 'source_action')
