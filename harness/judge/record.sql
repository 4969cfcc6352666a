-- What makes the record of one world a record: its rows refer to each other, and each reference says the same on both sides. Every section gives
-- words and a count; a count that is not zero takes the PASS away (integrity.py). Columns that a row leaves out are not compared.

-- section: order
-- a recorder writes one row after the other, on clocks that go forward only, and each in the phase that began last
with step as ( -- numbers only: a million rows are sorted here
  select is_phase, t_mono_ns < lag(t_mono_ns) over w as late, phase_no <> lag(phase_no) over w as other, is_bare
  from (select seq, t_mono_ns, kind = 'phase' as is_phase, hash(phase) as phase_no,
    t_mono_ns is null or t_biz is null or phase is null or node is null as is_bare from h) window w as (order by seq)),
counted as (
  select count(*) filter (late) as late, count(*) filter (other and not is_phase) as other, count(*) filter (is_bare) as bare from step),
moment as (
  select first < max(last) over (order by s rows between unbounded preceding and 1 preceding) as early from (
    select t_mono_ns // 100000000 as s, min(t_biz) as first, max(t_biz) as last from h group by 1))
select * from (
  select 'rows that were written before the one before them' as what, late as n from counted
  union all select 'moments of a business time before the one before them', count(*) from moment where early
  union all select 'rows without their time, phase or place', bare from counted
  union all select 'rows of another phase than the one that began last', other from counted
  union all select 'rows that name no run, or another one than the first', count(*) from h
    where run_id is distinct from (select arg_min(run_id, seq) from h))

-- section: calls
-- the rows of one call, or of one delivery, belong together: a request, what was decided, what changed, the end of the answer. An answer that no
-- fault touched is what was decided, and a change has a decision that says so.
with call as (
  select op_id, min(call_point) <> max(call_point) as point, min(attempt) <> max(attempt) as attempt, min(txn_id) <> max(txn_id)
      or (count(txn_id) filter (is_own) not in (0, count(*) filter (is_own))) as txn,
    min(sut_gen) <> max(sut_gen) as gen, min(node) filter (is_own) <> max(node) filter (is_own) as node,
    count(*) filter (is_begin) as begun, count(*) filter (kind = 'event_ack') as acked, count(*) filter (kind = 'event_sent') as sent,
    count(*) filter (kind = 'decision') as decided, count(*) filter (kind = 'decision' and server_outcome <> 'deferred') as settled,
    count(*) filter (kind = 'response_end') as ended, count(*) filter (kind = 'commit') as changes,
    bool_or(server_outcome = 'committed') as commits, bool_or(kind in ('fault_fired', 'hold', 'conn_event', 'bytes_out')) as is_special,
    bool_or(kind = 'event_ack' and status is null and reason is null) as mute, min(status) as status, min(status) <> max(status) or min(code) <> max(code) or count(code) = 1 as differs,
    bool_or(client_view = 'ok') as is_ok, bool_or(kind = 'request' and owner is not null) as is_of_people, min(seq) filter (is_begin) > min(seq) as late, max(seq) as seq
  from (select *, kind in ('request', 'decision', 'response_end', 'commit') as is_own, kind in ('request', 'event_sent', 'query_sent') as is_begin
    from h where op_id is not null) group by op_id),
last as (select coalesce(max(seq), 0) as seq from h where kind = 'phase'),
counted as (
  select count(*) filter (point) as point, count(*) filter (attempt) as attempt, count(*) filter (txn) as txn, count(*) filter (gen) as gen,
    count(*) filter (node) as node, count(*) filter (begun = 0 or late) as unbegun,
    count(*) filter (begun > 1 or settled > 1 or ended > 1 or acked > 1) as again, count(*) filter (ended > 0 and decided = 0) as undecided,
    count(*) filter (call.seq < last.seq and not is_special and ((decided > 0 and ended = 0) or (sent > 0 and acked = 0))) as unended,
    count(*) filter (not is_special and ended = 1 and decided = 1 and (differs or (status <> 409 and is_ok <> (status < 400)))) as other,
    count(*) filter (mute) as mute,
    count(*) filter (changes > 0 and decided > 0 and not commits) as unasked, count(*) filter (changes = 0 and commits and not is_of_people) as undone -- what people change over HTTP names no call
  from call, last)
select unnest([
  {'what': 'calls whose rows name several call points', 'n': point}, {'what': 'calls whose rows name several arrivals', 'n': attempt},
  {'what': 'calls whose rows name several transactions', 'n': txn}, {'what': 'calls whose rows name several starts of the connector', 'n': gen},
  {'what': 'calls whose rows stand in several systems', 'n': node}, {'what': 'calls that nobody made', 'n': unbegun},
  {'what': 'calls that were made, decided or answered more than once', 'n': again}, {'what': 'calls that were answered and not decided', 'n': undecided},
  {'what': 'calls that were decided and not answered', 'n': unended}, {'what': 'answers that are not what was decided', 'n': other},
  {'what': 'answers to events that say neither a status nor why there is none', 'n': mute},
  {'what': 'changes by calls that were decided to change nothing', 'n': unasked},
  {'what': 'calls that were decided to change something and did not', 'n': undone}], recursive := true) from counted

-- section: named
-- a decision names the documents that it changed
with named as (
  select op_id, list_sort(list_distinct(string_split(effect_ids, ' '))) as ids from h where kind = 'decision' and effect_ids is not null),
changed as (
  select op_id, list_sort(list(distinct entity_id)) as ids from h where kind = 'commit' and op_id is not null and exists (from named) group by op_id)
select 'decisions that name other documents than were changed' as what, count(*) as n from named join changed using (op_id) where named.ids <> changed.ids

-- section: arrivals
-- arrivals at a call point, and attempts to deliver an event, are counted one by one; a call point has one method and one route
select 'arrivals that are not counted one by one' as what, count(*) as n from (
  select 1 from h where kind = 'request' and owner is null group by txn_id, call_point
  having max(attempt) - min(attempt) + 1 <> count(*) or count(distinct attempt) <> count(*) or (txn_id is not null and min(attempt) <> 1))
union all
select 'deliveries that are not counted one by one', count(*) from (
  select 1 from h where kind = 'event_sent' group by event_id
  having max(attempt) <> count(*) or count(distinct attempt) <> count(*) or min(txn_id) <> max(txn_id) or min(call_point) <> max(call_point))
union all
select 'call points with several methods or routes', count(*) from (
  select 1 from h where kind = 'request' and call_point in (select id from ref_call_point) group by call_point
  having min(method) <> max(method) or min(route) <> max(route))
union all
select 'requests that were attributed without saying to whom, or the other way round', count(*) from h
where kind = 'request' and (txn_attr = 'none') <> (txn_id is null)
union all
select 'answers that repeat another one, which was never given', count(*) from op a where a.server_outcome = 'replayed' and a.idem_key is not null
  and not exists (select 1 from op b where b.idem_key = a.idem_key and b.call_point = a.call_point and b.body_hash is not distinct from a.body_hash
    and b.seq < a.seq and b.server_outcome in ('committed', 'deferred'))
union all
select 'requests of a connector that had not been started, or was started again', count(*) from (
  select seq, sut_gen from h where kind in ('request', 'event_sent') and sut_gen is not null) r
asof join (select seq, sut_gen from h where kind = 'proc_start') p on r.seq > p.seq where r.sut_gen <> p.sut_gen

-- section: transactions
-- every row belongs to a transaction that began, and to its flow; a load in a world that runs already knows the others only from the middle on
select 'rows of transactions that nobody began' as what, count(*) as n from h anti join txn using (txn_id)
where not (select joined_late from run_fact) and h.txn_id <> '' -- what belongs to nobody is read at the end under an empty name
union all
select 'rows of another flow than their transaction', count(*) from h join txn using (txn_id) where h.flow <> txn.flow

-- section: deeds
-- what a person did, and what it changed, are two rows that say the same; what changes counts its versions
select 'deeds of people that say otherwise than what they changed' as what, count(*) as n
from h a join effect e on e.entity_type = a.entity_type and e.entity_id = a.entity_id and e.version = a.version
where a.kind = 'source_action' and (a.amount_minor <> e.amount_minor or a.currency <> e.currency or a.company <> e.company or a.cost_center <> e.cost_center
  or a.src_version <> e.src_version or a.state <> e.state or a.txn_id <> e.txn_id or a.corr_id <> e.corr_id or a.node <> e.node
  or a.parent_id <> e.parent_id or replace(a.call_point, '.touch', '') <> e.call_point)
union all
select 'deeds of people without the change that they made', count(*) from h a
anti join effect e on e.entity_type = a.entity_type and e.entity_id = a.entity_id and e.version = a.version
where a.kind = 'source_action' and a.version is not null
union all
select 'changes by people without a deed', count(*) from (
  select e.entity_type, e.entity_id, e.version from effect e join txn t using (txn_id)
  where e.op_id is null and t.flow_kind = 'document' and e.entity_type = t.flow_source and e.version is not null) c
anti join h a on a.kind = 'source_action' and a.entity_type = c.entity_type and a.entity_id = c.entity_id and a.version = c.version
union all
select 'changes that skip a version', count(*) from (
  select version, lag(version) over (partition by node, entity_type, entity_id order by seq) as before from effect
  where version is not null and state is not null) where version > before + 1
union all
select 'changes of another version than the writer named', count(*) from effect where version <> base_version + 1

-- section: jobs
-- what a system does later by itself, for a call that it answered before, names that call: a change that neither a call nor a person made stands
-- under a call point at which something was changed, or put off, for this transaction; and what a call began goes on under the same name
with deed as (select txn_id, call_point, entity_type, entity_id, version from h where kind = 'source_action'),
asked as (
  select txn_id, split_part(call_point, '.', 1) as node, call_point, min(seq) as seq from op
  where txn_id is not null and server_outcome in ('committed', 'deferred') group by all),
later as (
  select e.seq, e.txn_id, e.node, e.entity_type, e.entity_id, e.call_point from effect e where e.op_id is null and e.call_point is not null and e.txn_id is not null
    and not exists (select 1 from deed a where a.entity_type = e.entity_type and a.entity_id = e.entity_id and a.version = e.version)
    and not (e.version is null and exists (select 1 from deed a where a.txn_id = e.txn_id and a.call_point = e.call_point)) -- lines
    and exists (select 1 from asked a where a.txn_id = e.txn_id and a.node = e.node and a.seq < e.seq)),
begun as (select node, entity_type, entity_id, arg_min(call_point, seq) as call_point from effect where op_id is not null and effect = 'create' group by all)
select 'changes by a system itself under the name of a call that nobody made' as what, count(*) as n from later l
where not exists (select 1 from asked a where a.txn_id = l.txn_id and a.node = l.node and a.call_point = l.call_point and a.seq < l.seq)
union all
select 'changes by a system itself under another name than the call that began them', count(*) from later l join begun b using (node, entity_type, entity_id)
where l.call_point <> b.call_point

-- section: papers
-- what is said of one document in several places is the same everywhere
select 'documents that say two things of one' as what, count(*) as n from (
  select 1 from effect e semi join document d using (node, entity_type, entity_id) where e.effect <> 'reverse'
  group by e.node, e.entity_type, e.entity_id, e.src_version
  having min(e.amount_minor) <> max(e.amount_minor) or min(e.currency) <> max(e.currency) or min(e.company) <> max(e.company)
    or min(e.period) <> max(e.period) or min(e.party) <> max(e.party) or min(e.approvers) <> max(e.approvers) or min(e.ext_ref) <> max(e.ext_ref)
    or min(e.document_date) <> max(e.document_date) or min(e.posting_date) <> max(e.posting_date))
union all
select 'lines of source documents that say otherwise whose they are, in which company or currency, or under which correlation id', count(*)
from effect l join (
  select node, entity_id, coalesce(src_version, 1) as src_version, any_value(txn_id) as txn_id, any_value(corr_id) as corr_id,
    any_value(currency) as currency, any_value(company) as company
  from effect join txn t using (txn_id) where entity_type = t.flow_source and op_id is null group by all) s
  on s.node = l.node and s.entity_id = l.parent_id and s.src_version = coalesce(l.src_version, 1)
where l.entity_type in (select lines from ref_document)
  and (l.txn_id <> s.txn_id or l.corr_id <> s.corr_id or l.currency <> s.currency or l.company <> s.company)
union all
select 'documents that were read more than once at the end', count(*) from (
  select 1 from h where kind = 'read_view' group by phase, node, entity_type, entity_id having count(*) > 1) -- once more behind a solo
union all
select 'final reads of sources that name a document and not its type', count(*) from h v join ref_document k using (entity_type)
where v.kind = 'read_view' and k.names_type and v.parent_id is not null and v.parent_type is null
union all
select 'final reads of what nobody ever wrote', count(*) from (
  select * from h where kind = 'read_view' and (not (select joined_late from run_fact) or txn_id in (select txn_id from txn))) v
anti join effect e on e.node = v.node and e.entity_type = v.entity_type and e.entity_id = v.entity_id
where not exists (select 1 from ref_state s where s.entity_type = v.entity_type and s.state = v.state and s.meaning in ('refused', 'dead', 'accepted'))

-- section: ledger
-- a kind that is coded by lines of its own has an entry in the ledger beside them: every document of it or none, with the same on each cost centre
with paper as (
  select d.node, d.entity_type, d.entity_id, k.coded_by, k.clears from document d join ref_document k using (entity_type)
  where k.coded_by <> 'journal_line' and d.posted_seq < (select max(seq) from h where kind <> 'commit')),
entry as (select l.*, p.entity_type as of_type, p.coded_by, p.clears from coding_line l join paper p on p.node = l.node and p.entity_id = l.parent_id),
apart as (
  select of_type, node, parent_id from entry where cost_center is not null and not clears group by of_type, node, parent_id, cost_center
  having coalesce(sum(amount_minor) filter (entity_type = 'journal_line'), 0) <> coalesce(sum(amount_minor) filter (entity_type = coded_by), 0))
select 'documents without the ledger entry that others of their kind have' as what, count(*) as n from paper p
where p.entity_type in (select of_type from entry where entity_type = 'journal_line')
  and not exists (select 1 from entry e where e.entity_type = 'journal_line' and e.of_type = p.entity_type and e.node = p.node and e.parent_id = p.entity_id)
union all
select 'documents whose ledger entry is on other cost centres than their lines', count(*) from (
  select distinct node, parent_id from apart where of_type in (select of_type from entry where entity_type = 'journal_line' and cost_center is not null))

-- section: marks
-- a fault that fired is the one that was put there, where it was put
select 'faults that fired otherwise than they were armed' as what, count(*) as n
from (select * from h where kind = 'fault_fired' and plan_id is not null) f left join (select * from h where kind = 'fault_armed') a using (plan_id)
where a.plan_id is null or a.fault_id <> f.fault_id or a.mode <> f.mode or a.txn_id <> f.txn_id
  or (a.attempt <> 0 and (a.attempt <> f.attempt or a.call_point <> f.call_point))
union all
select 'faults that were taken away from where none was', count(*) from h f where f.kind = 'fault_healed' and f.txn_id is not null
  and not exists (select 1 from h a where a.kind = 'fault_armed' and a.txn_id = f.txn_id and a.fault_id = f.fault_id)

-- section: windows
-- a fault of the run names everybody of its wave who was there then and not done: whoever has the window in the plan, had begun and was not
-- settled when a row of it was written is in that row or in another one of it. A row is of the wave that it was written in, or whose others it names.
with mark as (select seq, phase, fault_id, mode, call_point, string_split(experienced_by, ' ') as names from h where kind = 'fault_fired' and experienced_by is not null),
wanted as (
  select w.*, t.seq0, t.flow, t.wave from planned_window w join txn t using (txn_id)
  where exists (select 1 from ref_needs n where n.flow = t.flow and n.system = w.target) or w.target not in (select system from ref_needs)),
named as (select m.seq, w.wave, w.txn_id, w.fault_id, w.mode, w.target from (select *, unnest(names) as who from mark) m
  join wanted w on w.txn_id = m.who and w.fault_id = m.fault_id and w.mode = m.mode and w.target = m.call_point),
over as (
  select txn_id, min(seq) as seq from (
    select s.txn_id, s.seq from src_state s left join (select txn_id, min(seq) as seq from src_state where meaning = 'approved' group by 1) a using (txn_id)
    where s.kind <> 'read_view' and (s.meaning in ('posted', 'refused') or (s.meaning in ('open', 'dead') and s.seq > a.seq))
    union all select d.txn_id, d.seq from doc d join txn t using (txn_id) where not t.writes_back
    union all select txn_id, seq from copy
    union all select txn_id, answer_seq from asked) group by 1)
select 'experiments that were open when the fault of their wave came and are not named as having met it' as what, count(distinct w.txn_id) as n
from wanted w join mark m on m.fault_id = w.fault_id and m.mode = w.mode and m.call_point = w.target and m.seq > w.seq0
left join over o on o.txn_id = w.txn_id
where coalesce(o.seq > m.seq, true) and (w.txn_id, w.fault_id, w.mode, w.target) not in (select (n.txn_id, n.fault_id, n.mode, n.target) from named n)
  and (m.phase = w.wave or exists (select 1 from named n where n.seq = m.seq and n.wave = w.wave))
