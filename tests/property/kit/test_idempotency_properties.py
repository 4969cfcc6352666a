"""The key store as a model: however deliveries of one request are repeated and interleaved, there is one effect."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mocks.kit.idempotency import IdempotencyStore, Scope, parse_key

pytestmark = pytest.mark.requirement("R09.01")

KEYS = st.sampled_from(["k1", "k2"])
CLIENTS = st.sampled_from(["a", "b"])
PAYLOADS = st.sampled_from(["p", "q"])
DELIVERIES = st.lists(st.tuples(CLIENTS, KEYS, PAYLOADS, st.booleans()), max_size=40)


@given(st.integers(1, 30))
def test_n_deliveries_one_effect(count: int) -> None:
    """n deliveries of one request execute once, and every one of them gets the same outcome."""
    store: IdempotencyStore[int] = IdempotencyStore()
    scope = Scope("connector", "POST /purchase-orders", "k")
    effects, answers = 0, []
    for _ in range(count):
        verdict = store.begin(scope, "payload")
        if verdict.what == "fresh":
            effects += 1
            store.finish(scope, effects)
            answers.append(effects)
        else:
            answers.append(verdict.outcome)
    assert effects == 1
    assert set(answers) == {1}


@given(DELIVERIES)
def test_against_a_model(deliveries: list[tuple[str, str, str, bool]]) -> None:
    """Executed at most once for each client and key; another payload is never executed nor replayed; a refusal frees the key."""
    store: IdempotencyStore[str] = IdempotencyStore()
    done: dict[Scope, tuple[str, str]] = {}
    for number, (client, key, payload, executed) in enumerate(deliveries):
        scope = Scope(client, "POST /x", key)
        verdict = store.begin(scope, payload)
        if scope not in done:
            assert verdict.what == "fresh"
            if executed:
                done[scope] = (payload, f"outcome {number}")
                store.finish(scope, f"outcome {number}")
            else:
                store.abandon(scope)
        elif done[scope][0] != payload:
            assert verdict.what == "reused"
        else:
            assert (verdict.what, verdict.outcome) == ("replay", done[scope][1])
    assert len(store) == len(done)


@given(st.lists(PAYLOADS, min_size=1, max_size=10))
def test_nothing_passes_while_the_first_is_in_flight(payloads: list[str]) -> None:
    """Until the first one ends, the same payload waits and another one is refused."""
    store: IdempotencyStore[str] = IdempotencyStore()
    scope = Scope("a", "POST /x", "k")
    assert store.begin(scope, "p").what == "fresh"
    for payload in payloads:
        assert store.begin(scope, payload).what == ("in_progress" if payload == "p" else "reused")


@given(st.text(max_size=300))
def test_any_header_is_a_key_or_none(text: str) -> None:
    """No header breaks the parser; a key is 1 to 255 characters; the quoted form of a bare key is the same key."""
    key = parse_key(text)
    assert key is None or 0 < len(key) <= 255
    if key is not None and '"' not in text and "\\" not in text:
        assert parse_key(f'"{key}"') == key


@given(st.integers(1, 100), st.lists(st.integers(0, 40), max_size=30))
def test_a_key_that_expires(ttl_ms: int, pauses_ms: list[int]) -> None:
    """Within its time it replays what was done; after that it is a new one. What is under way is never forgotten."""
    now, done_at = [0], None
    store: IdempotencyStore[int] = IdempotencyStore(lambda: now[0], ttl_ms)
    scope = Scope("connector", "POST /purchase-orders", "k")
    for pause in pauses_ms:
        now[0] += pause * 1_000_000
        is_new = done_at is None or now[0] - done_at >= ttl_ms * 1_000_000
        assert store.begin(scope, "payload").what == ("fresh" if is_new else "replay")
        if is_new:
            now[0] += 10 * ttl_ms * 1_000_000
            assert store.begin(scope, "payload").what == "in_progress"
            store.finish(scope, 1)
            done_at = now[0]
