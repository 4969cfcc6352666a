-- How a connector behaves: what it declares, carries and acknowledges, and what it does while a system is down.

-- park_only: whose only lasting faults are such that nobody who asked for the document can do anything about it. Whoever was refused for good
-- with another code, or had a posting turned down for another reason, had another reason too.
create table park_only as
select x.txn_id, any_value(p.why) as why
from experienced x left join ref_park_only p on p.fault_id = x.fault_id and p.mode = x.mode where not coalesce(x.recoverable, false)
  and x.txn_id not in (select txn_id from op where txn_id is not null and client_view = 'fail' and definite and retry = 'no' and call_kind <> 'lookup'
    and not exists (select 1 from src_state s join op w on w.op_id = s.op_id where s.txn_id = op.txn_id and s.meaning = 'refused'
      and (w.call_point = op.call_point or w.seq < op.seq))
    and code not in (select code from ref_park_only))
  and x.txn_id not in (select d.txn_id from doc d where d.txn_id is not null and d.never_posted and not exists (
    select 1 from closed c where c.company = d.company and d.dead_seq between c.from_seq and c.to_seq))
group by 1 having bool_and(p.fault_id is not null);

-- traced: the correlation ids under which people wrote the source document of each transaction
create table traced as
select distinct t.txn_id, w.corr_id from txn t join (
  select txn_id, entity_type, corr_id from h where kind = 'source_action'
  union all select txn_id, entity_type, corr_id from effect where effect = 'create' and request_seq is null) w
  on w.txn_id = t.txn_id and w.entity_type = t.flow_source
where t.flow_kind = 'document' and w.corr_id is not null;
-- carried: what the connector wrote for documents whose source has a correlation id, and under which it did. is_own: the id of a source for
-- which the document stands; other_txn: of no case of these, but of this one; was_changed: what the connector read may have lacked the id.
create table carried as
with written as (
  select e.seq, e.txn_id, e.node, e.entity_type, e.entity_id, d.seq is not null as is_posting, e.call_point, e.amount_minor, e.currency, e.corr_id
  from effect e join txn t using (txn_id) left join document d on d.seq = e.seq
  where t.flow_kind = 'document' and (d.seq is not null or (e.request_seq is not null
    and (e.entity_type = t.flow_source or e.entity_type in (select entity_type from ref_due where kind = 'document'))))),
meant as (
  select seq, txn_id, corr_id from written
  union select w.seq, c.txn_id, w.corr_id from written w join cover c using (node, entity_type, entity_id) where c.is_listed),
own as (
  select m.seq, coalesce(bool_or(r.corr_id = m.corr_id), false) as is_own, min(r.corr_id) as due_corr_id, list(distinct c.case_id) as cases
  from meant m join traced r using (txn_id) join chain c using (txn_id) group by 1),
other as (
  select w.seq, min(r.txn_id) as other_txn from written w join own o using (seq) join traced r using (corr_id) join chain c on c.txn_id = r.txn_id
  where not o.is_own and not list_contains(o.cases, c.case_id) group by 1)
select w.*, o.is_own, o.due_corr_id, x.other_txn, f.txn_id is not null as was_changed
from written w join own o using (seq) left join other x using (seq)
left join (select distinct txn_id from experienced where family = 'drift') f on f.txn_id = w.txn_id;

-- public parked: what the connector declared, matched to its transaction by the source reference, else by the document's reference
create table parked as
with said as (select seq, t_mono_ns, txn_id, entity_id, state, reason, class, owner, coalesce(retryable, false) as retryable from h
  where kind = 'parked'),
by_source as (select entity_id, any_value(txn_id) as txn_id from src group by 1),
by_ref as (select ext_ref as entity_id, any_value(txn_id) as txn_id from doc where ext_ref is not null group by 1)
select p.seq, p.t_mono_ns, p.entity_id, p.state, p.reason, p.class, p.owner, p.retryable, coalesce(a.txn_id, p.txn_id, b.txn_id) as txn_id,
  (select min(m.seq) from mark m where m.name = 'redrive' and m.seq > p.seq) as redrive_seq
from said p left join by_source a using (entity_id) left join by_ref b using (entity_id);

-- parked_then: the last word about a transaction before it was re-driven; parked_now: what was still parked in the last list of the run
create table parked_then as
select * from parked where txn_id is not null qualify row_number() over (partition by txn_id order by redrive_seq nulls last, seq desc) = 1;
create table parked_now as
select * from parked where txn_id is not null and redrive_seq is null
  and seq > coalesce((select max(seq) from h where kind = 'phase' and phase like '%quiesce' and phase not like '%redrive%'), 0)
qualify row_number() over (partition by txn_id order by seq desc) = 1;

-- claimed: what a parked item says of its cause, beside the last answer in vain that the connector had got for the document by then. stays:
-- that answer refused it for good, and the same call never succeeded afterwards. passes: its very last call failed in a way that passes by
-- itself, and nothing that it had seen refused it: no answer, no posting that was turned down, no answer that could not be read. untold: a
-- refusal of its own was to be written to the source, and was not to the end: then the item is parked for what that was.
create table claimed as
with said as (
  select p.seq, p.txn_id, p.entity_id, p.class, p.owner, c.side from parked p left join ref_class c using (class)
  where p.class is not null or p.owner is not null),
heard as (
  select s.seq, o.seq_end, o.call_point, w.tells_refusal, o.client_view, o.status, o.code, o.definite, o.retry, e.class, e.owner, c.side
  from said s join op o on o.txn_id = s.txn_id and o.seq_end < s.seq left join ref_call_point w on w.id = o.call_point
    left join ref_error e on e.code = o.code left join ref_class c on c.class = e.class),
vain as (
  select * from heard where client_view <> 'ok' and coalesce(status, 0) <> 404 qualify row_number() over (partition by seq order by seq_end desc) = 1),
last_call as (select * from heard qualify row_number() over (partition by seq order by seq_end desc) = 1),
seen as (
  select seq, bool_or(client_view = 'fail' and side is distinct from 'passes') as refused,
    bool_or(client_view = 'info' and status between 200 and 499) as unread,
    bool_or(coalesce(tells_refusal, false)) and not bool_or(coalesce(tells_refusal, false) and client_view = 'ok') as untold
  from heard group by 1),
held_against as (
  select s.*, v.call_point as last_call, v.code as last_code, v.class as last_class, v.owner as last_owner, v.side as last_side,
    coalesce(v.client_view = 'fail' and v.definite and v.retry = 'no' and not exists (
      select 1 from heard g where g.seq = v.seq and g.call_point = v.call_point and g.client_view = 'ok' and g.seq_end > v.seq_end), false) as stays,
    coalesce(l.client_view <> 'ok' and (l.side = 'passes' or (l.client_view = 'info' and coalesce(l.status, 500) >= 500))
      and not n.untold and not n.refused and not n.unread
      and not exists (select 1 from doc d where d.txn_id = s.txn_id and d.never_posted and d.dead_seq < s.seq), false) as passes,
    lower(s.owner) in (select lower(owner) from ref_error) as owner_is_known
  from said s left join vain v using (seq) left join last_call l using (seq) left join seen n using (seq))
select *, coalesce((stays and (side = 'passes' or (side in ('refused', 'access') and last_side in ('refused', 'access') and side <> last_side)))
    or (passes and side = 'refused'), false) as class_is_wrong,
  coalesce(stays and owner_is_known and side is distinct from 'own' and last_side <> 'own' and lower(owner) <> lower(last_owner), false) as owner_is_wrong
from held_against;
