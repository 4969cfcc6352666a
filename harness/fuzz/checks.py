"""Our own checks, in the generator's shape. They are registered for one run and taken away after it."""

import contextlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import schemathesis
from requests import PreparedRequest, RequestException
from schemathesis import Case, CheckContext, Response
from schemathesis.checks import CHECKS
from schemathesis.core.failures import Failure, Severity
from schemathesis.generation.meta import REQUEST_SHAPE_PROBES, coverage_scenario

from harness.fuzz import rules
from harness.fuzz.expected import Expected
from harness.fuzz.key_header import KeyHeader, key_header
from harness.fuzz.keys import Keys
from harness.fuzz.rules import FuzzedAnswer
from harness.fuzz.sender import Sender
from harness.fuzz.sent import Sent, of_prepared
from harness.fuzz.target import Target, operations_of

Check = Callable[[CheckContext, Response, Case[Any]], bool | None]
UNAUTHENTICATED = frozenset({"TOKEN_MISSING", "TOKEN_INVALID", "INVALID_CLIENT", "SIGNATURE_INVALID"})
SCOPE_TRIES = 3
CORRELATION = "X-Correlation-ID"


class Objection(Failure):
    """One of our checks does not agree. Two of one check at one operation are the same when their titles and statuses are.
    `sent`: the request that was answered, and what the check sent after it."""

    def __init__(
        self, check: str, case: Case[Any], response: Response, *, title: str, message: str, sent: Iterable[Sent | None] = ()
    ) -> None:
        self.check = check
        self._status = response.status_code
        self.sent = [of_prepared(response.request), *sent]
        super().__init__(operation=case.operation.label, title=title, message=message, case_id=case.id, severity=Severity.HIGH)

    @property
    def _unique_key(self) -> str:
        return f"{self._status} {self.title}"


class OwnChecks:
    """The checks of one target, and how often each of them had something to look at."""

    def __init__(self, target: Target, expected: Expected, sender: Sender) -> None:
        self._target = target
        self._expected = expected
        self._sender = sender
        self._keys = Keys(target, sender)
        self._tried: Counter[str] = Counter()
        self.examined: Counter[str] = Counter()

    def all(self) -> list[Check]:
        """In the order in which a person wants to hear of them."""
        generic: list[Check] = [self.no_secret_and_no_trace, self.one_effect_for_one_key]
        if not self._target.ours:
            return generic
        return [*generic, self.error_is_a_problem, self.correlation_id_comes_back, self.refusal_is_expected, self.scope_is_enforced]

    def no_secret_and_no_trace(self, _context: CheckContext, response: Response, case: Case[Any]) -> None:
        """No answer shows a secret or a stack trace."""
        self.examined["no_secret_and_no_trace"] += 1
        answer = answer_of(response)
        _object("no_secret_and_no_trace", case, response, rules.leaks(answer, self._sender.secrets_foreign_to(answer, operation_id(case))))

    def error_is_a_problem(self, _context: CheckContext, response: Response, case: Case[Any]) -> None:
        """Every error is a problem with a known code."""
        if response.status_code >= 400:
            self.examined["error_is_a_problem"] += 1
            _object("error_is_a_problem", case, response, rules.wrong_problem(answer_of(response), self._target.codes, str(case.method)))

    def correlation_id_comes_back(self, _context: CheckContext, response: Response, case: Case[Any]) -> None:
        """X-Correlation-ID is echoed."""
        sent = _sent(response, CORRELATION)
        if sent is not None:
            self.examined["correlation_id_comes_back"] += 1
            objection = rules.not_echoed(answer_of(response), sent)
            _object("correlation_id_comes_back", case, response, [objection] if objection else [], title=f"{CORRELATION} is not echoed")

    def refusal_is_expected(self, _context: CheckContext, response: Response, case: Case[Any]) -> None:
        """What the document allows is accepted, or refused with a code that the table explains."""
        meta = case.meta  # a case without is one of ours, and valid
        if meta is not None and (not meta.generation.mode.is_positive or coverage_scenario(case) in REQUEST_SHAPE_PROBES):
            return
        answer = answer_of(response)
        code = answer.code
        if answer.status >= 300 and (code is None or code in UNAUTHENTICATED or breaks_a_header(case)):
            return
        self.examined["refusal_is_expected"] += 1
        name = operation_id(case)
        if code is not None and self._expected.refusal(self._target.name, name, code) is None:
            raise Objection(
                "refusal_is_expected", case, response, title=f"{code} refuses what the document allows", message=answer.text[:400]
            )

    def one_effect_for_one_key(self, _context: CheckContext, response: Response, case: Case[Any]) -> None:
        """The same Idempotency-Key again: the same answer and no second effect; with another body: refused."""
        header = key_header_of(case)
        if header is not None:
            with self._sender.followed() as sent:
                objections = list(self._keys.objections(response.request, answer_of(response), header))
            self.examined.update(self._keys.take_counts())
            _object("one_effect_for_one_key", case, response, objections, title="Idempotency-Key is not honoured", sent=sent)

    def scope_is_enforced(self, _context: CheckContext, response: Response, case: Case[Any]) -> None:
        """A live token without the scope is refused, on the first few accepted requests of each operation."""
        name = operation_id(case)
        token = self._target.wrong_scope
        if (
            token is None
            or response.status_code >= 300
            or not case.operation.definition.raw.get("security")
            or self._tried[name] >= SCOPE_TRIES
        ):
            return
        self._tried[name] += 1
        self.examined["scope_is_enforced"] += 1
        with self._sender.followed() as sent:
            objections = list(self._scope_objections(response.request, token))
        _object("scope_is_enforced", case, response, objections, title="a token without the scope is not refused", sent=sent)

    def _scope_objections(self, sent: PreparedRequest, token: str) -> Iterator[str]:
        try:
            answer = self._sender.send(sent, {"Authorization": f"Bearer {token}"})
        except RequestException as error:
            yield f"no answer to a token without the scope: {type(error).__name__}"
            return
        if (answer.status, answer.code) != (403, "INSUFFICIENT_SCOPE"):
            yield f"a token without the scope is answered {answer.status} {answer.code}; expected 403 INSUFFICIENT_SCOPE"

    def required(self) -> set[str]:
        """The checks that this document gives something to look at: a run in which one of them saw nothing is no evidence."""
        names = {check.__name__ for check in self.all()}
        operations = [operation for _, _, operation in operations_of(self._target.document)]
        parameters = [each for operation in operations for each in operation.get("parameters", [])]
        headers = {each["name"] for each in parameters if each["in"] == "header"}
        if key_header(parameters) is None:
            names.discard("one_effect_for_one_key")
        if CORRELATION not in headers:
            names.discard("correlation_id_comes_back")
        if self._target.wrong_scope is None or not any(operation.get("security") for operation in operations):
            names.discard("scope_is_enforced")
        return names


@contextlib.contextmanager
def registered(checks: list[Check]) -> Iterator[None]:
    """While this is on, the generator runs these checks too. Its registry is global to the process, so one run at a time."""
    wrapped = [_plain(check) for check in checks]
    for each in wrapped:
        CHECKS.register(each)
    try:
        yield
    finally:
        for each in wrapped:
            CHECKS.unregister(each.__name__)


def _plain(check: Check) -> Any:
    """A function of its own for each run: the registry names a check by its `__name__`."""

    def run(context: CheckContext, response: Response, case: Case[Any]) -> bool | None:
        return check(context, response, case)

    run.__name__ = getattr(check, "__name__", "check")
    return run


def operation_id(case: Case[Any]) -> str:
    """The id of the operation, or its method and path."""
    found = case.operation.definition.raw.get("operationId")
    return str(found) if found else case.operation.label


def check_of(failure: Failure) -> str:
    """The name of the check that failed, when nobody else says it."""
    return failure.check if isinstance(failure, Objection) else next(iter(failure.checks), type(failure).__name__)


def key_header_of(case: Case[Any]) -> KeyHeader | None:
    """Where its operation takes an idempotency key."""
    return key_header(header.definition for header in case.operation.headers)


def answer_of(response: Response) -> FuzzedAnswer:
    """The generator's answer in our shape."""
    headers = {name.lower(): ", ".join(values) for name, values in response.headers.items()}
    return FuzzedAnswer(response.status_code, headers, response.content)


def breaks_a_header(case: Case[Any]) -> bool:
    """The generator's coverage phase knows few characters of headers: for `^"[0-9]+"$` it sends 0, and takes that for valid."""
    for parameter in case.operation.definition.raw.get("parameters", []):
        pattern = parameter.get("schema", {}).get("pattern") if parameter["in"] == "header" else None
        if pattern and parameter["name"] in case.headers and not re.search(pattern, str(case.headers[parameter["name"]])):
            return True
    return False


def _sent(response: Response, name: str) -> str | None:
    value = response.request.headers.get(name)
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _object(
    check: str,
    case: Case[Any],
    response: Response,
    objections: Iterable[str],
    *,
    title: str | None = None,
    sent: Iterable[Sent | None] = (),
) -> None:
    found = list(objections)
    if found:
        raise Objection(check, case, response, title=title or found[0], message="; ".join(found), sent=sent)


def generator_version() -> str:
    """For the report."""
    return str(schemathesis.__version__)
