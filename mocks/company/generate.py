"""A whole company from a seed. Base records first; minted ones are appended and change nothing of the base."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from mocks.company import chart, lookalikes
from mocks.company.company import Company
from mocks.company.model import CostCenter, Employee, Entity, Project, Supplier
from mocks.company.pools import CITIES, STREETS, Pool, draw_pool
from mocks.company.streams import Stream, draw

EMPLOYEES = {"US01": 120, "DE01": 90, "JP01": 90}
SUPPLIERS = {"US01": 80, "DE01": 60, "JP01": 60}
COST_CENTERS_PER_ENTITY = 20
SHARED_EVERY = 3  # of suppliers, cost centres and projects every third has an id that other entities use for something else
_MINTED_MAX = 300_000
NEWCOMERS = 40_000_000  # where their personnel numbers begin
PROJECTS_PER_ENTITY = 10
# How many people of an entity are CFO, directors, department heads, cost-centre owners; everybody else is staff.
_LEVEL_COUNTS = ((4, 1), (3, 3), (2, 8), (1, 16))

# Primes: n -> (n * factor + offset) mod prime gives each system numbers of its own that nobody can guess from another's.
_PRIME_3 = 997
_PRIME_5 = 99_991
_PRIME_6 = 999_983


def generate(seed: int, minted: int = 0) -> Company:
    """The company of a seed, with `minted` suppliers and as many cost centres and newcomers per entity for single experiments."""
    if not 0 <= minted <= _MINTED_MAX:
        raise ValueError(f"minted={minted}: expected 0 to {_MINTED_MAX} per entity")
    pools = {entity.key: draw_pool(seed, entity.locale) for entity in chart.ENTITIES}
    employees = _employees(seed, pools)
    suppliers: list[Supplier] = []
    centers: list[CostCenter] = []
    projects: list[Project] = []
    newcomers: list[Employee] = []
    for number, entity in enumerate(chart.ENTITIES):
        suppliers += _suppliers(seed, entity, pools[entity.key], sum(list(SUPPLIERS.values())[:number]))
        centers += _cost_centers(seed, entity, number, employees)
        projects += _projects(seed, entity, number)
    for number, entity in enumerate(chart.ENTITIES):
        suppliers += _minted_suppliers(seed, entity, number, pools[entity.key], minted)
        centers += _minted_cost_centers(seed, entity, number, centers[number * COST_CENTERS_PER_ENTITY].owner, minted)
        newcomers += _newcomers(entity, number, pools[entity.key], employees, minted)
    people = tuple(employees), tuple(suppliers), tuple(centers), tuple(projects), tuple(newcomers)
    return Company(seed, chart.ENTITIES, *people, minted)


def _employees(seed: int, pools: Mapping[str, Pool]) -> list[Employee]:
    people: list[Employee] = []
    number = 0
    for entity in chart.ENTITIES:
        ranks = _ranks(EMPLOYEES[entity.key], group_cfo=entity.key == "US01")
        above: dict[int, list[str]] = {} if entity.key == "US01" else {5: [people[0].key]}
        stream = Stream(seed, "employee", entity.key)
        for level in ranks:
            person = _employee(
                stream, entity, pools[entity.key], seed=seed, number=number, level=level, manager=_manager(level, above, stream)
            )
            above.setdefault(level, []).append(person.key)
            people.append(person)
            number += 1
    return _signing(people)


def _signing(people: Sequence[Employee]) -> list[Employee]:
    """Who of the staff needs how many signatures, and who stands in for managers that are away."""
    peers: dict[tuple[str, int], list[str]] = {}
    for person in people:
        peers.setdefault((person.entity, person.level), []).append(person.key)

    def with_signers(person: Employee) -> Employee:
        group = peers[person.entity, person.level]
        place = group.index(person.key)
        if person.level == 0:
            return replace(person, signatures=chart.SIGNATURES[place % len(chart.SIGNATURES)])
        is_away = place % chart.AWAY_EVERY == chart.AWAY
        return replace(person, delegate=group[(place + 1) % len(group)] if is_away else None)

    return [with_signers(person) for person in people]


def _ranks(count: int, *, group_cfo: bool) -> list[int]:
    ranks = [5] if group_cfo else []
    for level, places in _LEVEL_COUNTS:
        ranks += [level] * places
    return ranks + [0] * (count - len(ranks))


def _manager(level: int, above: Mapping[int, list[str]], stream: Stream) -> str | None:
    return stream.pick(above[level + 1]) if level + 1 in above else None


def _employee(stream: Stream, entity: Entity, pool: Pool, *, seed: int, number: int, level: int, manager: str | None) -> Employee:
    name, latin = pool.person(draw(seed, "person", number) % 10_000)
    limits = (0, *entity.limits_minor)
    login = latin.lower().replace(" ", ".")
    return Employee(
        key=f"E{number:04d}",
        entity=entity.key,
        name=name,
        latin_name=latin,
        title=chart.TITLES[level],
        level=level,
        manager=manager,
        cost_center=f"{entity.key}-CC{stream.below(COST_CENTERS_PER_ENTITY):02d}",
        limit_minor=limits[level] if level < len(limits) else None,
        procurement_id=f"U{1001 + number}",
        expense_id=f"{login}{_number(seed, 'login', number, _PRIME_3):03d}",  # two people of one name have two logins
        erp_id=f"{10_000_000 + _number(seed, 'personnel', number, _PRIME_5):08d}",
    )


def _number(seed: int, name: str, number: int, prime: int) -> int:
    return (number * (1 + draw(seed, name, "factor") % (prime - 1)) + draw(seed, name, "offset")) % prime


def _suppliers(seed: int, entity: Entity, pool: Pool, first: int) -> list[Supplier]:
    stream = Stream(seed, "supplier", entity.key)
    found: list[Supplier] = []
    for index in range(SUPPLIERS[entity.key]):
        number = first + index
        code = f"PS-{(index if index % SHARED_EVERY == 0 else number) + 1:05d}"
        found.append(
            Supplier(
                key=f"S{number + 1:05d}",
                entity=entity.key,
                name=pool.business(stream.below(100_000)),
                street=stream.pick(pool.streets),
                city=stream.pick(pool.cities),
                tax_id=_tax_id(entity, stream.below(10**9)),
                payment_terms=stream.pick(chart.PAYMENT_TERMS),
                active=index % 20 != 19,
                purchasing_block=index % 20 == 18,
                procurement_id=_code(code, index, lambda at: found[at].procurement_id),
                erp_id=f"V1{_number(seed, 'vendor', number, _PRIME_5):05d}",
            )
        )
    return found


def _code(own: str, index: int, code_of: Callable[[int], str], place: int = 0) -> str:
    """A record's own code, or one that looks like another record's. code_of: the codes of those before it, by index."""
    original = lookalikes.original_of(index)
    return own if original is None else lookalikes.alike(code_of(original), place + index // lookalikes.PERIOD)


def _tax_id(entity: Entity, number: int) -> str:
    if entity.country == "US":
        return f"{number // 10**7:02d}-{number % 10**7:07d}"
    return f"DE{number:09d}" if entity.country == "DE" else f"T{9_000_000_000_000 + number}"


def _cost_centers(seed: int, entity: Entity, place: int, employees: list[Employee]) -> list[CostCenter]:
    owners = [person.key for person in employees if person.entity == entity.key and person.level == 1]
    names = tuple(chart.FUNCTIONS.items())
    found: list[CostCenter] = []
    for index in range(COST_CENTERS_PER_ENTITY):
        function, title = names[index % len(names)]
        serial = index // len(names) + 1
        number = place * COST_CENTERS_PER_ENTITY + index
        own = f"CC.{entity.expense_id}.{1000 + _number(seed, 'cost object', number, 8_999)}"
        code = f"{'CC' if index % SHARED_EVERY == 1 else entity.country}-{function}-{serial:02d}"
        found.append(
            CostCenter(
                key=f"{entity.key}-CC{index:02d}",
                entity=entity.key,
                function=function,
                name=f"{title} {serial}",
                owner=owners[index % len(owners)],
                # One never active, one closed at the end of last year: both must be refused.
                active=index != COST_CENTERS_PER_ENTITY - 1,
                valid_to=date(2025, 12, 31) if index == COST_CENTERS_PER_ENTITY - 2 else None,
                procurement_id=_code(code, index, lambda at: found[at].procurement_id),
                expense_id=f"CC.00.{1001 + index}" if index % SHARED_EVERY == 1 else _code(own, index, lambda at: found[at].expense_id),
                erp_id=f"4{_number(seed, 'cost center', number, _PRIME_5):05d}0",
            )
        )
    return found


def _projects(seed: int, entity: Entity, place: int) -> list[Project]:
    found: list[Project] = []
    for index in range(PROJECTS_PER_ENTITY):
        number = place * PROJECTS_PER_ENTITY + index
        code = f"PRJ-{(index if index % SHARED_EVERY == 0 else number) + 1:03d}"
        found.append(
            Project(
                key=f"{entity.key}-P{index:02d}",
                entity=entity.key,
                name=f"Project {number + 1}",
                active=index != PROJECTS_PER_ENTITY - 1,
                procurement_id=_code(code, index, lambda at: found[at].procurement_id, place),
                erp_id=f"P-{1 + _number(seed, 'project', number, 9_973):04d}",
            )
        )
    return found


def _minted_suppliers(seed: int, entity: Entity, place: int, pool: Pool, count: int) -> list[Supplier]:
    factor, offset = 1 + draw(seed, "minted vendor", "factor") % (_PRIME_6 - 1), draw(seed, "minted vendor", "offset")
    first = place * _MINTED_MAX
    streets, cities = pool.streets, pool.cities
    return [
        Supplier(
            f"M{number:06d}", entity.key, pool.business(number), streets[number % STREETS], cities[number % CITIES],
            _tax_id(entity, number), "N30", True, False, lookalikes.paired(number, "PS-9", "31"),
            f"V9{(number * factor + offset) % _PRIME_6:06d}", True,
        )
        for number in range(first, first + count)
    ]  # fmt: skip


def _minted_cost_centers(seed: int, entity: Entity, place: int, owner: str, count: int) -> list[CostCenter]:
    factor, offset = 1 + draw(seed, "minted center", "factor") % (_PRIME_6 - 1), draw(seed, "minted center", "offset")
    first = place * _MINTED_MAX
    return [
        CostCenter(
            f"MC{number:06d}", entity.key, "GEN", f"Experiment {number}", owner, True, None,
            lookalikes.paired(number, f"{entity.country}-GEN-", "32"), lookalikes.paired(number, f"CC.{entity.expense_id}.9", "33"),
            f"9{(number * factor + offset) % _PRIME_6:06d}", True,
        )
        for number in range(first, first + count)
    ]  # fmt: skip


def _newcomers(entity: Entity, place: int, pool: Pool, employees: Sequence[Employee], count: int) -> list[Employee]:
    """Staff whose managers sign alone and are not away."""
    bosses = [each.key for each in employees if each.entity == entity.key and each.level == 1 and each.delegate is None]
    first = place * _MINTED_MAX
    return [
        Employee(
            f"N{number:06d}", entity.key, *pool.person(number % 10_000), chart.TITLES[0], 0, bosses[number % len(bosses)],
            f"{entity.key}-CC{number % (COST_CENTERS_PER_ENTITY - 2):02d}", 0, f"U9{number:06d}", f"new.{number:06d}",
            f"{NEWCOMERS + number}",
        )
        for number in range(first, first + count)
    ]  # fmt: skip
