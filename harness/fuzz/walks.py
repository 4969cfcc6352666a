"""Walks along the links of a document with bodies that are valid: create, submit, approve, record; create, cancel, read.

The generator's own stateful phase tries what comes to its mind; few of its walks get past the second step. A walk here goes where the
fewest have been accepted so far, so that a handful of walks has every operation accepted once.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemathesis import Case
from schemathesis.core.result import Ok

from harness.fuzz.document import resolve
from harness.fuzz.key_header import key_header
from harness.fuzz.rules import FuzzedAnswer
from harness.fuzz.target import Target
from harness.plan.streams import stream

STEPS = 24
ROOT_TRIES = 6  # bodies that are refused before the walk is given up
TRIES_PER_STEP = 8  # links that are refused before the walk ends
SAMPLE_DEPTH, SAMPLE_MAX = 12, 10_000
ACTOR, AUTHORIZATION, CORRELATION = "X-Acting-User", "Authorization", "X-Correlation-ID"
HEADER, ANSWER = "header.", "$response.body#/"
JSON = "application/json"
FORMATS = {
    "date-time": "2026-10-28T09:00:00Z",
    "date": "2026-10-28",
    "time": "09:00:00Z",
    "uuid": "7b1f0a52-9d7e-4c58-8a3b-2f6f5d0c4e11",
    "email": "jane@example.com",
    "uri": "http://127.0.0.1/",
}
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Leg:
    """Where a walk may go: the operation, and what the answer before gave it."""

    operation_id: str
    path_parameters: Mapping[str, Any]
    headers: Mapping[str, str]
    query: Mapping[str, Any]
    body: Mapping[str, Any]  # members that stand in place of those of a valid body
    said: frozenset[str] = frozenset()  # texts of that answer: until it was accepted, what comes next is about the same people


class Walks:
    """`send` carries a case out, checks the answer, and hands it over."""

    def __init__(self, target: Target, schema: Any, document: Json, seed: int, send: Callable[[Case[Any]], FuzzedAnswer | None]) -> None:
        self._target = target
        self._document = document
        self._send = send
        self._random = stream(seed, target.name, "walks")
        self._accepted: Counter[str] = Counter()
        found = (result.ok() for result in schema.get_all_operations() if isinstance(result, Ok))
        self._operations = {str(each.definition.raw.get("operationId")): each for each in found}

    def roots(self) -> list[str]:
        """Operations at which a walk begins: those that need no id. One that leads nowhere is done when it was accepted once."""
        return [
            name
            for name, operation in self._operations.items()
            if not operation.path_parameters and _takes_json(operation) and (self._links(operation) or not self._accepted[name])
        ]

    def missing(self) -> set[str]:
        """Operations that some link leads to and that were never accepted."""
        linked = {str(link.get("operationId")) for operation in self._operations.values() for link in self._links(operation).values()}
        reachable = {
            name
            for name, operation in self._operations.items()
            if name in linked or (not operation.path_parameters and _takes_json(operation))
        }
        return reachable - {name for name, count in self._accepted.items() if count}

    def promising(self) -> list[str]:
        """The roots from which links lead to something that was never accepted, or that are it."""
        wanted = self.missing()
        onward = {name: {str(link.get("operationId")) for link in self._links(each).values()} for name, each in self._operations.items()}
        return [root for root in self.roots() if _leads_to(root, onward, wanted)]

    def walk(self, root: str) -> int:
        """One walk; the number of its steps. Ends when nothing more is accepted, or there is nothing new to do."""
        answer, steps = None, 0
        while steps < ROOT_TRIES and (answer is None or answer[1].status >= 300):
            answer = self._step(Leg(root, {}, {}, {}, {}))
            steps += 1
        while answer is not None and answer[1].status < 300 and steps < STEPS:
            following = self._following(*answer)
            answer = None
            for step in following[:TRIES_PER_STEP]:
                steps += 1
                tried = self._step(step)
                if tried is not None and tried[1].status < 300:
                    answer = tried
                    break
        return steps

    def _step(self, step: Leg) -> tuple[str, FuzzedAnswer] | None:
        answer = self._send(self._case(step))
        if answer is None:
            return None
        self._accepted[step.operation_id] += answer.status < 300
        return step.operation_id, answer

    def _following(self, name: str, answer: FuzzedAnswer) -> list[Leg]:
        document = answer.json()
        steps = [self._linked(link, document) for link in self._links(self._operations[name]).values()]
        known = [step for step in steps if step is not None and step.operation_id in self._operations]
        self._random.shuffle(known)
        return sorted(known, key=lambda step: self._accepted[step.operation_id])

    def _links(self, operation: Any) -> Json:
        found: dict[str, Any] = {}
        for status, response in operation.definition.raw.get("responses", {}).items():
            if str(status).startswith("2"):
                found.update(resolve(response, self._document).get("links", {}))
        return found

    @staticmethod
    def _linked(link: Json, document: Any) -> Leg | None:
        path: dict[str, Any] = {}
        query: dict[str, Any] = {}
        headers: dict[str, str] = {}
        for name, expression in resolve(link.get("parameters"), {}).items():
            value = _evaluated(expression, document)
            if value is None:
                return None
            if name.startswith(HEADER):
                headers[name.removeprefix(HEADER)] = str(value)
            elif name.startswith("query."):
                query[name.removeprefix("query.")] = value
            else:
                path[name.removeprefix("path.")] = value
        named = _expressions(link.get("requestBody"))
        body = {name: _evaluated(expression, document) for name, expression in named.items()}
        return None if None in body.values() else Leg(str(link.get("operationId")), path, headers, query, body, frozenset(_texts(document)))

    def _case(self, step: Leg) -> Case[Any]:
        operation = self._operations[step.operation_id]
        body, actor = self._body(step.operation_id, operation, step.said)
        name = f"walk-{self._random.randrange(10**9)}"
        headers = {CORRELATION: name, **self._demanded(operation, name), **self._authority(operation), **actor, **step.headers}
        query = {**self._query(operation), **step.query}
        parts: dict[str, Any] = {"path_parameters": dict(step.path_parameters), "headers": headers, "query": query}
        if body is not None:
            parts |= {"body": {**body, **step.body} if isinstance(body, dict) else body, "media_type": JSON}
        case: Case[Any] = operation.Case(**parts)
        return case

    def _query(self, operation: Any) -> dict[str, Any]:
        words = self._target.vocabulary.words
        required = [each for each in operation.definition.raw.get("parameters", []) if each["in"] == "query" and each.get("required")]
        return {
            each["name"]: self._random.choice(words[each["name"]]) if each["name"] in words else sample(each.get("schema"), self._document)
            for each in required
        }

    def _body(self, name: str, operation: Any, said: frozenset[str]) -> tuple[Any, dict[str, str]]:
        vocabulary = self._target.vocabulary
        raw = operation.definition.raw
        names = [each["name"] for each in raw.get("parameters", [])]
        actor = {ACTOR: self._random.choice(vocabulary.words[ACTOR])} if ACTOR in names and ACTOR in vocabulary.words else {}
        known = vocabulary.bodies.get(name)
        if known:
            chosen = self._random.choice(range(len(known)) if self._accepted[name] else _fitting(known, said))
            actors = vocabulary.actors.get(name)
            return dict(known[chosen]), {ACTOR: actors[chosen]} if actors else actor
        content = raw.get("requestBody", {}).get("content", {}).get(JSON)
        return (None if content is None else sample(content.get("schema"), self._document)), actor

    def _demanded(self, operation: Any, name: str) -> dict[str, str]:
        """Headers without which nothing is accepted."""
        parameters = operation.definition.raw.get("parameters", [])
        required = [each for each in parameters if each["in"] == "header" and each.get("required")]
        key = key_header(required)
        found = {each["name"]: sample(each.get("schema"), self._document) for each in required if key is None or each["name"] != key.name}
        if key is not None:
            found[key.name] = key.value(name)
        return {each: str(value) for each, value in found.items() if value is not None}

    def _authority(self, operation: Any) -> dict[str, str]:
        for requirement in operation.definition.raw.get("security", []):
            for scheme in requirement:
                found = self._target.credentials.get(scheme)
                if found is not None and found.bearer is not None:
                    return {AUTHORIZATION: f"Bearer {found.bearer}"}
        return {}


def _fitting(known: Sequence[Mapping[str, Any]], said: frozenset[str]) -> list[int]:
    """Those bodies that have most in common with what was said."""
    common = [len(said.intersection(_texts(body))) for body in known]
    return [number for number, found in enumerate(common) if found == max(common)]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def _leads_to(root: str, onward: Mapping[str, set[str]], wanted: set[str]) -> bool:
    seen, front = {root}, {root}
    while front and not seen & wanted:
        front = {name for each in front for name in onward.get(each, ())} - seen
        seen |= front
    return bool(seen & wanted)


def _takes_json(operation: Any) -> bool:
    body = operation.definition.raw.get("requestBody")
    return body is None or JSON in body.get("content", {})


def _expressions(body: Any) -> Json:
    """Members that an answer gives. What else a link says of the body is left to a valid one."""
    found = body.items() if isinstance(body, dict) else ()
    return {name: said for name, said in found if isinstance(said, str) and said.startswith(ANSWER)}


def _evaluated(expression: Any, document: Any) -> Any:
    if not isinstance(expression, str) or not expression.startswith(ANSWER):
        return None
    value = document
    for part in expression.removeprefix(ANSWER).split("/"):
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict):
            value = value.get(part)
        else:
            return None
    return value


def sample(schema: Any, document: Json, depth: int = SAMPLE_DEPTH) -> Any:
    """The plainest value that a schema allows: required members only, and the first example, constant or choice where there is one.
    None where a schema is unsound or refers to itself without an end: what is refused then is no finding."""
    schema = resolve(schema, document)
    if depth == 0:
        return None
    for each in (*_list(schema, "examples")[:1], *([schema["const"]] if "const" in schema else ()), *_list(schema, "enum")[:1]):
        return each
    for kind in ("anyOf", "oneOf", "allOf"):
        if _list(schema, kind):
            return sample(schema[kind][0], document, depth - 1)
    if schema.get("type") == "object" or "properties" in schema:
        members = resolve(schema.get("properties"), document)
        return {name: sample(members.get(name), document, depth - 1) for name in _list(schema, "required") if isinstance(name, str)}
    return next(_plain(schema, document, depth))


def _plain(schema: Json, document: Json, depth: int) -> Iterator[Any]:
    kind = schema.get("type")
    name = next(iter(kind), None) if isinstance(kind, list) else kind
    if name == "array":
        yield [sample(schema.get("items"), document, depth - 1)] * _number(schema, "minItems", 0)
    elif name in {"integer", "number"}:
        yield max(_number(schema, "minimum", 1), 1)
    elif name == "boolean":
        yield False
    elif name == "string":
        known = schema.get("format")
        if isinstance(known, str) and known in FORMATS:
            yield FORMATS[known]
        yield "fuzz"[: _number(schema, "maxLength", 4)].ljust(_number(schema, "minLength", 0), "x")
    yield None


def _list(schema: Json, name: str) -> list[Any]:
    found = schema.get(name)
    return found if isinstance(found, list) else []


def _number(schema: Json, name: str, otherwise: int) -> Any:
    """A whole number that nothing large is made of."""
    found = schema.get(name)
    return min(int(found), SAMPLE_MAX) if isinstance(found, int | float) and found >= 0 else otherwise
