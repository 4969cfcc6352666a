-- Records that are kept up to date elsewhere, news that is carried back, and questions of people who wait.

-- version: what a record, or a document that others wait for news of, was, and when. copy: what the connector wrote of it elsewhere.
-- `value` is what is compared: of a record the members that its flow names, in the target's words; of news the word that is due.
-- public version: what a record, or a document that others wait for news of, was, and when
create table version as
with seen as (
  select t.txn_id, t.flow, t.flow_kind, e.*exclude (txn_id), coalesce(e.src_version, e.version) as version_no from effect e join txn t using (txn_id)
  where t.flow_kind in ('state', 'status') and e.entity_type = t.flow_source and e.state is not null)
select s.txn_id, s.flow, d.due_id, d.compare, s.seq, s.t_mono_ns, s.entity_id, s.state, s.version_no as version,
  case when s.flow_kind = 'status' then w.told else concat_ws('|',
    case when contains(d.compare, 'state') then coalesce(w.told, s.state) end,
    case when contains(d.compare, 'amount') then coalesce(s.amount_minor::varchar, '') || ' ' || coalesce(s.currency, '') end,
    case when contains(d.compare, 'company') then coalesce(c.target_value, s.company, '') end,
    case when contains(d.compare, 'cost_center') then coalesce(x.target_value, s.cost_center, '') end,
    case when contains(d.compare, 'project') then coalesce(p.target_value, s.project, '') end,
    case when contains(d.compare, 'party') then coalesce(y.target_value, s.party, '') end,
    case when contains(d.compare, 'account') then coalesce(s.account, '') end,
    case when contains(d.compare, 'dates') then coalesce(s.document_date, '') || ' ' || coalesce(s.posting_date, '') end) end as value
from seen s join (select distinct flow, due_id, compare, walks, case when walks = entity_type then 'own' else 'target' end as company_is
  from ref_due where kind in ('state', 'status')) d on d.flow = s.flow
left join ref_tells w on w.flow = s.flow and w.due_id = d.due_id and w.state = s.state
left join ref_crosswalk c on c.source = d.walks and c.kind = 'company' and c.source_value = s.company
left join ref_crosswalk x on x.source = d.walks and x.kind = 'cost_center' and x.source_value = s.cost_center
  and coalesce(x.company = case d.company_is when 'own' then s.company else c.target_value end, true)
left join ref_crosswalk p on p.source = d.walks and p.kind = 'project' and p.source_value = s.project
  and coalesce(p.company = case d.company_is when 'own' then s.company else c.target_value end, true)
left join ref_crosswalk y on y.source = d.walks and y.kind = 'party' and y.source_value = s.party
  and coalesce(y.company = case d.company_is when 'own' then s.company else c.target_value end, true)
where s.flow_kind = 'state' or w.told is not null;
-- public copy: what the connector wrote elsewhere of a record, or of what became of a document
create table copy as
select e.txn_id, t.flow, d.due_id, e.seq, e.t_mono_ns, coalesce(e.request_seq, e.seq) as asked_seq, e.call_point, e.node, e.entity_type,
  e.entity_id, e.state, e.src_version as version,
  case when t.flow_kind = 'status' then e.state else concat_ws('|',
    case when contains(d.compare, 'state') then e.state end,
    case when contains(d.compare, 'amount') then coalesce(e.amount_minor::varchar, '') || ' ' || coalesce(e.currency, '') end,
    case when contains(d.compare, 'company') then coalesce(e.company, '') end,
    case when contains(d.compare, 'cost_center') then coalesce(e.cost_center, '') end,
    case when contains(d.compare, 'project') then coalesce(e.project, '') end,
    case when contains(d.compare, 'party') then coalesce(e.party, '') end,
    case when contains(d.compare, 'account') then coalesce(e.account, '') end,
    case when contains(d.compare, 'dates') then coalesce(e.document_date, '') || ' ' || coalesce(e.posting_date, '') end) end as value
from effect e join txn t using (txn_id) join ref_due d on d.flow = t.flow and d.entity_type = e.entity_type and d.kind in ('state', 'status')
where e.op_id is not null and e.state is not null;
-- public current_copy: how each target stands at the end, beside what it should hold
create table current_copy as
with latest as (select txn_id, due_id, arg_max(value, seq) as due, arg_max(version, seq) as version, max(seq) as seq from version group by all),
last_copy as (select txn_id, due_id, arg_max(value, seq) as value, arg_max(call_point, seq) as call_point, max(t_mono_ns) as t from copy group by all)
select l.txn_id, l.due_id, l.due, l.version, c.value, c.call_point, c.t, c.value is not distinct from l.due as is_current
from latest l left join last_copy c using (txn_id, due_id);

-- public asked: every question that a person waited for, and the answer. took_ms: of the person's watch, which does not run while the
-- world stands still
create table asked as
with question as (select * from h where kind = 'query_sent'),
answer as (
  select op_id, arg_max(state, seq) as answer, min(t_mono_ns) as t, min(seq) as seq, arg_max(as_of, seq) as as_of, max(stall_ms) as stall_ms from h
  where kind = 'query_answer' group by 1)
select q.txn_id, t.flow, q.op_id, q.call_point, q.entity_id, q.seq, q.t_mono_ns, q.t_biz, a.answer, a.seq as answer_seq, a.as_of,
  (a.t - q.t_mono_ns) / 1e6 - coalesce(a.stall_ms, 0) as took_ms, a.t as answer_t, r.about, r.budget_ms, r.degraded, r.reservation, r.limited_by
from question q join txn t using (txn_id) join ref_query r on r.flow = t.flow left join answer a using (op_id);
-- truth: what could be said of a subject, from when to when: its state, or how its amount stands to the record that limits it
create table truth as
with limited as (
  select distinct a.about, a.entity_id, a.txn_id, a.limited_by,
    (select arg_max(s.amount_minor, s.seq) from effect s where s.entity_type = a.about and s.entity_id = a.entity_id) as amount_minor
  from asked a where a.limited_by is not null),
known as (
  select e.entity_type, e.entity_id, e.seq, e.t_biz, e.state from effect e
  where e.entity_type in (select about from ref_query where limited_by is null) and e.state is not null
  union all
  select l.about, l.entity_id, e.seq, e.t_biz, case when l.amount_minor <= e.amount_minor then 'within' else 'over' end
  from limited l join effect e on e.txn_id = l.txn_id and e.entity_type = l.limited_by and e.amount_minor is not null)
select entity_type, entity_id, seq, try_cast(t_biz as timestamptz) as t_biz, state, lead(seq) over w as next_seq,
  lead(try_cast(t_biz as timestamptz)) over w as next_biz
from known window w as (partition by entity_type, entity_id order by seq);
-- public answered: the same. is_true: the truth allowed it at a moment that it may speak of; looks: calls that were made for it, good_looks:
-- those that were answered well before it was given; is_blind: of no look anything was told; has_reason: it met a fault, or calls of the
-- connector had failed shortly before, so that whoever does not look has a reason
create table answered as
with look as (
  select a.op_id, count(*) as looks, count(*) filter (o.client_view = 'ok' and coalesce(o.seq_end < a.answer_seq, false)) as good_looks,
    count(*) filter (coalesce(o.status between 200 and 299 and o.seq_end < a.answer_seq, false)) as told
  from asked a join op o on o.txn_id = a.txn_id and o.seq between a.seq and a.answer_seq group by 1),
spoken as (select *, try_cast(as_of as timestamptz) as speaks_of from asked)
select a.* exclude (speaks_of), exists (
    select 1 from ref_answer r where r.flow = a.flow and r.answer = a.answer and (
      exists (select 1 from truth t where t.entity_type = a.about and t.entity_id = a.entity_id and t.state = r.state
        and case when a.speaks_of is null then t.seq < a.answer_seq and coalesce(t.next_seq > a.seq, true)
          else t.t_biz <= a.speaks_of and coalesce(t.next_biz > a.speaks_of, true) and t.seq < a.answer_seq end)
      or (r.state = 'absent' and not exists (select 1 from truth t where t.entity_type = a.about and t.entity_id = a.entity_id
        and t.seq < a.answer_seq)))) as is_true,
  coalesce(l.looks, 0) as looks, coalesce(l.good_looks, 0) as good_looks, coalesce(l.looks > 0 and l.told = 0, false) as is_blind,
  exists (select 1 from experienced x where x.txn_id = a.txn_id)
    or exists (select 1 from op x where x.client_view <> 'ok' and x.seq < a.answer_seq and x.t_mono_ns > a.t_mono_ns - 30000000000
      and not coalesce(x.status between 400 and 428 and x.status <> 401, false)) as has_reason
from spoken a left join look l using (op_id);
