"""The seeded bugs: which line of the careful connector is wrong, which faults reveal it, which invariants must say so.

Numbers are those of the zoo in the design papers (every second one; the others are kept apart as the held-out half); from 101 on they are
our own. `accept` lists invariants of which one is enough for "detected for the declared reason". A bug with `conduct` is only a warning by
design: such a connector ends right in another way, so its run may pass.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bug:
    """One seeded bug. behaviour: a function of tests/puppet/behaviours.py or zoo_bugs.py; faults: the smallest set that provokes it."""

    number: int
    behaviour: str
    title: str
    faults: tuple[str, ...]
    accept: tuple[str, ...]
    conduct: bool = False


BUGS = (
    Bug(1, "new_key_each_attempt", "a new idempotency key on each attempt", ("F-A3", "F-A5", "F-B8"), ("C01",)),
    Bug(7, "timeout_is_failure", "a timeout counts as failure and is parked", ("F-A5",), ("C04", "L06")),
    Bug(9, "query_before_create", "looks before it creates, and trusts what it did not find", ("F-A6",), ("C01",)),
    Bug(11, "exists_is_failure", '"already exists" counts as failure', ("F-B17", "F-A3"), ("L06", "C04")),
    Bug(13, "retries_validation_for_ever", "repeats what was refused for good", ("F-B20",), ("K04", "K05"), conduct=True),
    Bug(
        15,
        "retries_inside_retries",
        "the HTTP library repeats below the connector's own attempts",
        ("F-H1", "F-B1"),
        ("K05", "K06"),
        conduct=True,
    ),
    Bug(17, "retry_date_is_zero", "a Retry-After date is read as zero", ("F-B2",), ("K06",), conduct=True),
    Bug(19, "ack_before_save", "acknowledges before it has saved", ("F-G4",), ("K09", "C03")),
    Bug(23, "acts_on_each_event", "takes another event id for another fact", ("F-D2",), ("C01",)),
    Bug(25, "last_arrival_wins", "believes the revision that arrived last", ("F-D3",), ("C17", "C01", "C06", "P08")),
    Bug(27, "webhooks_only", "reads no lists", ("F-D5",), ("C03", "L01")),
    Bug(31, "missing_signature_accepted", "an event without a signature passes", ("F-D8",), ("K10",)),
    Bug(43, "waits_for_confirmation", "waits for ever for a lost confirmation", ("F-D5",), ("L01", "C03", "P08")),
    Bug(45, "token_expiry_drops", "an expired token ends the document", ("F-B10",), ("C03", "L01")),
    Bug(49, "unknown_enum_default", "an unknown category goes to a default account", ("F-E4",), ("C14",)),
    Bug(55, "recall_ignored", "an approval that was taken back is ignored", ("F-F1",), ("C16",)),
    Bug(65, "poison_swallowed", "forgets what failed too often", ("F-H1", "F-H2"), ("C03", "K09")),
    Bug(71, "html_accepted", "an HTML page with status 200 is a success", ("F-A11",), ("C03", "P08", "L01")),
    Bug(73, "early_callback_dropped", "a confirmation that overtakes the answer is thrown away", ("F-D6",), ("L01", "C03", "P08")),
    # Told on before the ERP's job has ended, if that job is slow enough: then the run stops at its baseline already, with C25.
    Bug(101, "accepted_is_posted", "takes 202 for the posting", ("F-B28",), ("P08", "C03", "C25")),
    Bug(102, "wrong_supplier", "orders from another supplier of the company", ("F-A3",), ("C07",)),
    Bug(103, "project_dropped", "leaves the project out of the order", ("F-A3",), ("C07",)),
    Bug(104, "constant_approver", "names the same approver on every order", ("F-A3",), ("C15",)),
    Bug(105, "wrong_route", "posts every report as a journal", ("F-A3",), ("C14",)),
    Bug(106, "one_cost_center", "takes the first line's cost centre for all lines", ("F-A3",), ("C07",)),
    Bug(107, "list_error_ends_polling", "reads no lists after one that failed", ("F-B7", "F-D5"), ("C03", "L01")),
    Bug(108, "token_error_drops", "forgets a document for which it got no token", ("F-B6",), ("C03", "L01")),
    Bug(109, "failed_read_is_gone", "undoes what it made when the source cannot be read again", ("F-A3", "F-B7"), ("C03", "L06", "D02")),
    # With a late event beside it, the run goes on long enough for somebody to give up.
    Bug(110, "unnumbered_is_not_posted", "declares as not posted what it has no number of", ("F-B31", "F-D4"), ("C04",)),
)
