"""What a document's declaration says of its people is what its actor can do."""

import pytest

from harness.actors.registry import ACTORS
from tests.shipped import CATALOG


@pytest.mark.parametrize("document", sorted({flow.source_document for flow in CATALOG.flows.values()}))
def test_declared_acts_are_those_of_the_actor(document: str) -> None:
    """An act that nobody can do would fire without a deed; one that is not declared would never be played."""
    actor = ACTORS[document]
    own = {"reverse_approval": actor.take_back, "cancel": actor.cancel, "recall": actor.recall, "amend": actor.amend}
    can = {act for act, verb in own.items() if verb is not None} | set(actor.races)
    can |= {"more_news"} if actor.has_news else set()
    assert can == set(CATALOG.documents[document].acts)
