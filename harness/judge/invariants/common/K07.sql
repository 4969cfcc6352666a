-- id: K07
-- title: The pauses between attempts grow
-- family: conduct
-- severity: conduct
-- kind: warn
-- effect: misbehaved
-- kinds: document state status query
-- clock: world
-- at: history
-- Of the first four attempts at a call, all in vain, none of which was told how long to wait: the third pause is not half as long as the first.
-- A first pause of 20 ms and less is left out: it is too short to be measured.
-- section: candidates
select t.flow, count(*) as n from pause join txn t using (txn_id) where is_comparable group by 1
-- section: violations
select txn_id, call_point, null::bigint as money_minor, null as currency,
  format('the first pause before another attempt took {} ms, the third {} ms', (first / 1e6)::bigint, (third / 1e6)::bigint) as story,
  (first / 1e6)::bigint as first_ms, (third / 1e6)::bigint as third_ms
from pause where is_comparable and third <= first / 2
-- section: explain
select seq from timeline where txn_id = $txn and kind in ('request', 'response_end', 'fault_fired')
