"""How a pass over one source document may end other than well, and who has to do with it."""


class Later(Exception):  # noqa: N818 - it reads as what happened
    """Nothing is wrong: look again after a while, or when an event comes."""

    def __init__(self, reason, wait_s):
        super().__init__(reason)
        self.wait_s = wait_s


class Park(Exception):  # noqa: N818 - it reads as what happened
    """Somebody must do something first. retryable: worth a redrive once the cause is gone."""

    def __init__(self, reason, *, problem_class, owner, retryable=True):
        super().__init__(reason)
        self.problem_class, self.owner, self.retryable = problem_class, owner, retryable


# A business rejection: finance changes the data, the person who asked is told. Everything else that is refused is our own mistake.
TOLD_TO_SOURCE = {
    "SUPPLIER_UNKNOWN",
    "SUPPLIER_BLOCKED",
    "EMPLOYEE_UNKNOWN",
    "COST_CENTER_INACTIVE",
    "CODING_INVALID",
    "LIMIT_EXCEEDED",
    "SEGREGATION_OF_DUTIES",
}
PARKED_FOR_FINANCE = {"PERIOD_CLOSED"}  # our policy: wait for finance to open the period, never choose another one
READ_AGAIN = {"INVALID_TRANSITION", "VERSION_CONFLICT", "PRECONDITION_FAILED"}
