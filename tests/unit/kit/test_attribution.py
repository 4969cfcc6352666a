"""Whose request is this: each way of finding it, and their order."""

from mocks.kit.attribution import AttributionIndex
from mocks.kit.operation import Effect, Refs


def index() -> AttributionIndex:
    """Two transactions."""
    found = AttributionIndex("R7K2A")
    found.bind("t1", source_id="REQ-R7K2A-1", amount=(98_000, "USD"), keys=[("supplier", "V1")])
    found.bind("t2", source_id="ER-R7K2A-2", amount=(12_345, "EUR"))
    return found


def how(found: AttributionIndex, refs: Refs, key: str | None = None, text: bytes = b"") -> tuple[str | None, str]:
    """Transaction and way."""
    answer = found.find(refs, key, text)
    return answer.txn_id, answer.how


def test_each_way() -> None:
    """Source id, reference that names it, key seen before, key that names it, parent document, minted key, amount, text, nothing."""
    one = index()
    assert how(one, Refs(source_ids=("REQ-R7K2A-1",))) == ("t1", "ref")
    assert how(one, Refs(ext_ref="po:REQ-R7K2A-1/r1")) == ("t1", "ref")
    one.learn_call("t1", Refs(ext_ref="hash-77"), "key-9")
    assert how(one, Refs(ext_ref="hash-77")) == ("t1", "ref")
    assert how(one, Refs(), "key-9") == ("t1", "key")
    assert how(one, Refs(), "ER-R7K2A-2.post") == ("t2", "key")
    one.learn_effects("t2", [Effect("posting_job", "J1", "create")])
    assert how(one, Refs(parents=(("posting_job", "J1"),))) == ("t2", "parent")
    assert how(one, Refs(keys=(("supplier", "V2"), ("supplier", "V1")))) == ("t1", "key")
    assert how(one, Refs(amount_minor=12_345, currency="EUR")) == ("t2", "amount")
    assert how(one, Refs(amount_minor=12_345, currency="USD")) == (None, "none")
    assert how(one, Refs(), None, b'{"text":"for ER-R7K2A-2 please"}') == ("t2", "text")
    assert how(one, Refs(), None, b"REQ-OTHER-1 \xff") == (None, "none")


def test_reference_beats_everything_else() -> None:
    """A key reused for another document does not hide whose document it is."""
    one = index()
    one.learn_call("t1", Refs(), "shared key")
    assert how(one, Refs(source_ids=("ER-R7K2A-2",), amount_minor=98_000, currency="USD"), "shared key") == ("t2", "ref")


def test_an_amount_of_two_identifies_neither() -> None:
    """A tracer that is not unique is no tracer; rebinding the same transaction keeps it."""
    one = index()
    one.bind("t1", amount=(98_000, "USD"))
    assert how(one, Refs(amount_minor=98_000, currency="USD")) == ("t1", "amount")
    one.bind("t2", amount=(98_000, "USD"))
    assert how(one, Refs(amount_minor=98_000, currency="USD")) == (None, "none")


def test_first_owner_keeps_a_reference() -> None:
    """A reference that a connector reuses for another document still leads to the first."""
    one = index()
    one.learn_call("t1", Refs(ext_ref="same"), "k")
    one.learn_call("t2", Refs(ext_ref="same"), "k")
    assert how(one, Refs(ext_ref="same")) == ("t1", "ref")
    assert how(one, Refs(), "k") == ("t1", "key")


def test_the_amount_of_a_repeat_is_its_own() -> None:
    """The first one is over when it is repeated alone, so the amount names the repeat from then on."""
    one = index()
    one.bind("t1", amount=(98_000, "USD"))
    one.bind("t3", amount=(98_000, "USD"), is_repeat=True)
    assert how(one, Refs(amount_minor=98_000, currency="USD")) == ("t3", "amount")


def test_calls_about_a_document_are_those_of_whoever_goes_on_with_it() -> None:
    """The order is the requisition's; who reads it once its goods have come does so for the receipt, and then for the bill."""
    one = index()
    order = Refs(parents=(("purchase_order", "45"),))
    one.learn_effects("t1", [Effect("purchase_order", "45", "create")], "erp")
    assert one.find(order, None, b"", "erp").txn_id == "t1"
    one.inherit("t2", {"t1"})
    one.learn_effects("t2", [Effect("goods_receipt", "50", "create")], "erp")
    assert one.find(order, None, b"", "erp").txn_id == "t2"
    one.inherit("t3", {"t1", "t2"})
    assert one.find(order, None, b"", "erp").txn_id == "t3"
    assert one.find(Refs(parents=(("goods_receipt", "50"),)), None, b"", "erp").txn_id == "t3"
    assert one.of_document("purchase_order", "45", "erp") == "t1"
