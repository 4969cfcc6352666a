"""Whose request is this? Finds the transaction of a call from what the call says, never from hints of the connector's design."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from mocks.kit.operation import Effect, Refs

NAMESPACED_ID = r"[A-Z]{{2,4}}-{namespace}-\d+"


@dataclass(frozen=True, slots=True)
class Attribution:
    """The transaction and how it was found: ref, key, parent, amount, text or none."""

    txn_id: str | None
    how: str


NOBODY = Attribution(None, "none")


class AttributionIndex:
    """What is known about each transaction. Learns from every attributed call: its reference, its key, the documents it made."""

    def __init__(self, namespace: str) -> None:
        self._pattern = re.compile(NAMESPACED_ID.format(namespace=re.escape(namespace)))
        self._sources: dict[str, str] = {}
        self._ext_refs: dict[str, str] = {}
        self._idem_keys: dict[str, str] = {}
        self._documents: dict[tuple[str, str, str], str] = {}  # node, kind, id: two instances of a system may give one number twice
        self._heirs: dict[tuple[str, str, str], str] = {}  # of these documents: whose calls they are since a case went on
        self._minted: dict[tuple[str, str], str] = {}
        self._amounts: dict[tuple[int, str], str | None] = {}

    def bind(
        self,
        txn_id: str,
        *,
        source_id: str | None = None,
        amount: tuple[int, str] | None = None,
        keys: Iterable[tuple[str, str]] = (),
        is_repeat: bool = False,
    ) -> None:
        """Facts about a transaction: its source document, its tracer amount (minor units, currency), objects minted for it.
        is_repeat: the amount is its own from now on, because the transaction that had it before is over."""
        if source_id is not None:
            self._sources[source_id] = txn_id
        for key in keys:
            self._minted[key] = txn_id
        if amount is not None:
            known = txn_id if is_repeat else self._amounts.get(amount, txn_id)
            self._amounts[amount] = txn_id if known == txn_id else None  # an amount of two transactions identifies neither

    def inherit(self, txn_id: str, elders: Collection[str]) -> None:
        """Calls about documents of these transactions are this one's from now on. The documents stay theirs."""
        if elders:
            self._heirs.update(dict.fromkeys((document for document, owner in self._documents.items() if owner in elders), txn_id))

    def find(self, refs: Refs, idem_key: str | None, text: bytes, node: str = "") -> Attribution:
        """The transaction of a call to this system. `text` is the raw request, searched last for ids of source documents."""
        txn_id = self._by_reference(refs)
        if txn_id is not None:
            return Attribution(txn_id, "ref")
        if idem_key is not None:
            txn_id = self._idem_keys.get(idem_key) or self._named_in(idem_key)
            if txn_id is not None:
                return Attribution(txn_id, "key")
        for document in refs.parents:
            owner = self._heirs.get((node, *document)) or self._documents.get((node, *document))
            if owner is not None:
                return Attribution(owner, "parent")
        for key in refs.keys:
            if key in self._minted:
                return Attribution(self._minted[key], "key")
        return self._by_content(refs, text)

    def _by_reference(self, refs: Refs) -> str | None:
        for source_id in refs.source_ids:
            if source_id in self._sources:
                return self._sources[source_id]
        if refs.ext_ref is None:
            return None
        return self._ext_refs.get(refs.ext_ref) or self._named_in(refs.ext_ref)

    def _by_content(self, refs: Refs, text: bytes) -> Attribution:
        if refs.amount_minor is not None and refs.currency is not None:
            txn_id = self._amounts.get((refs.amount_minor, refs.currency))
            if txn_id is not None:
                return Attribution(txn_id, "amount")
        txn_id = self._named_in(text.decode("utf-8", "replace")) if text else None
        return Attribution(txn_id, "text") if txn_id is not None else NOBODY

    def _named_in(self, text: str) -> str | None:
        for source_id in self._pattern.findall(text):
            if source_id in self._sources:
                return self._sources[source_id]
        return None

    def learn_call(self, txn_id: str, refs: Refs, idem_key: str | None) -> None:
        """Remember the reference and the key of an attributed call; the first owner keeps them."""
        if refs.ext_ref is not None:
            self._ext_refs.setdefault(refs.ext_ref, txn_id)
        if idem_key is not None:
            self._idem_keys.setdefault(idem_key, txn_id)

    def learn_effects(self, txn_id: str, effects: Iterable[Effect], node: str = "") -> None:
        """Remember the documents that an attributed call made or changed."""
        for effect in effects:
            self._documents.setdefault((node, effect.entity_type, effect.entity_id), txn_id)

    def learn_document(self, txn_id: str, entity_type: str | None, entity_id: str, node: str = "") -> None:
        """Remember a document that is promised and not yet made."""
        if entity_type is not None:
            self._documents.setdefault((node, entity_type, entity_id), txn_id)

    def of_document(self, entity_type: str, entity_id: str, node: str = "") -> str | None:
        """The transaction that a document belongs to."""
        return self._documents.get((node, entity_type, entity_id)) or self._sources.get(entity_id)
