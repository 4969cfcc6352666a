-- What a load's figures are computed from, by name. The views are the judge's (harness/judge/views/).

-- section: zero
-- when each wave began, in nanoseconds of the history's clock
select phase as wave, min(t_mono_ns) as t from h where kind = 'phase' group by 1

-- section: documents
-- every document: when it was approved, when its source system said that it is posted or refused
select o.txn_id, o.flow, o.wave, o.source_state, o.meaning, o.is_parked, s.approved_t, o.settled_t, o.live_n
from outcome o join src s using (txn_id) where s.approved_t is not null order by s.approved_t

-- section: calls
-- every call of the connector, with its answer
select call_point, t_mono_ns as t, t_end, status, client_view, code from op order by t_mono_ns

-- section: throttled
-- every 429 of a call that can be told again: what it asked for, and how long the connector waited before the same call came again.
-- null: it never came again
select b.call_point, b.t_end as t, b.retry_after_ms, ((min(a.t_mono_ns) - b.t_end) / 1e6)::double as waited_ms
from op b left join op a on a.txn_id = b.txn_id and a.call_point = b.call_point and a.t_mono_ns > b.t_end
where b.status = 429 and b.t_end is not null and b.txn_id is not null
group by b.op_id, b.call_point, b.t_end, b.retry_after_ms

-- section: throttled_shared
-- 429s of calls that belong to no document (lists)
select t_mono_ns as t from op where status = 429 and txn_id is null
