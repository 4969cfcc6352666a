"""The golden examples of domain.md 14 that end in a payment, through the public APIs of ERP and bank only: figures at each step."""

import asyncio
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest

from tests.contract.world.by_hand import PATIENT, Hand, hand
from tests.contract.world.test_golden_invoices import Books

PAY_ON, NEXT_RUN = "20261029", "20261231"
LEDGER = ("2000", "1010", "1000", "6030")


class People(Hand):
    """People's client: it may propose, approve, issue, and act at the bank."""

    async def login(self) -> None:
        """A new token."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.world.actor_client_id,
            "client_secret": self.world.actor_client_secret,
        }
        async with self._session.post(self.world.token_url, data=form, timeout=PATIENT) as answer:
            self._token = (await answer.json())["access_token"]


class Treasury(Books):
    """A company that pays its invoices through its bank. terms: of the supplier."""

    def __init__(self, one: Hand, people: People, terms: str) -> None:
        super().__init__(one)
        self.people = people
        self.vendor = next(each.erp_id for each in one.world.company.suppliers_of("DE01") if each.payment_terms == terms)
        self.proposer = one.world.company.requester("DE01", "treasury").erp_id

    async def act(self, system: str, path: str, body: dict[str, Any], actor: str) -> Any:
        """A person does something."""
        status, _, told = await self.people.call("POST", system, path, body, X_Acting_User=actor)
        assert status in {200, 201}, told
        return told

    async def propose(self) -> Any:
        """What a run of that day would pay."""
        body = {"company_code": "2000", "pay_on": PAY_ON, "next_run_on": NEXT_RUN}
        return await self.act("erp", "/payment-runs", body, self.proposer)

    async def issue(self) -> Any:
        """From the proposal to the issued file, by two people."""
        run = await self.propose()
        for step, actor in (("review", self.proposer), ("approve", run["next_actor"]), ("issue", run["next_actor"])):
            run = await self.act("erp", f"/payment-runs/{run['number']}/{step}", {}, actor)
        return run

    async def hand_in(self, run: Any) -> Any:
        """The ERP's file goes to the bank as it is; its acknowledgement."""
        file = await self.get(f"/payment-runs/{run['number']}/file")
        status, headers, told = await self.one.call("POST", "bank", "/v1/payment-files", file, Idempotency_Key=f'"{run["number"]}"')
        assert (status, told["status"]) == (202, "received"), told
        for _ in range(200):
            _, _, told = await self.one.call("GET", "bank", headers["location"])
            if told["status"] != "received":
                break
            await asyncio.sleep(0.01)
        assert told["messageId"] == run["number"]
        return told

    async def told(self, payment: str, body: dict[str, Any]) -> Any:
        """The bank's word is written into the ERP, twice: the second time nothing changes."""
        answers = [await self.one.call("PUT", "erp", f"/payments/{payment}/bank-status", body) for _ in range(2)]
        assert answers[0][0] == answers[1][0] == 200, answers
        assert answers[0][2] == answers[1][2]
        return answers[0][2]

    async def statement(self, iso: str) -> list[dict[str, Any]]:
        """Every line that the bank has booked until then (UTC)."""
        self.one.world.clock.set(datetime.fromisoformat(f"{iso}+00:00"))
        _, _, told = await self.one.call("GET", "bank", "/v1/statements")
        for each in told["items"]:
            assert each["lines"][-1]["balance"] == each["closingBalance"]
        return [line for each in told["items"] for line in each["lines"]]

    async def ledger(self) -> list[str]:
        """AP trade, payments in transit, bank, discount: debit positive."""
        return [await self.balance(account) for account in LEDGER]

    async def invoice(self, number: str) -> tuple[str, str, int]:
        """How far it is paid, what is open of it, and how often money was sent."""
        told = await self.get(f"/invoice-payments/{number}")
        return told["status"], told["open_amount"], told["payments"]


@asynccontextmanager
async def treasury(terms: str) -> Any:
    """In an open world."""
    async with hand(PATIENT) as one:
        people = People(one.world, one._session)
        await people.login()
        yield Treasury(one, people, terms)


@pytest.mark.requirement("R01.09")
def test_golden_ge6_a_payment_that_comes_back_after_its_discount() -> None:
    """GE6: 1,000.00 less 2 %, returned before it cleared; the invoice is open again, payment counter 1, and a second run pays it once."""

    async def run() -> None:
        async with treasury("2/10N30") as books:
            service = {"type": "account", "gl_account": "5300", "cost_center": books.center, "net_amount": "1000.00"}
            billed = await books.bill("G-6", {**service, "tax_code": "V0", "tax_amount": "0.00"}, "0.00", "1000.00")
            number = billed["number"]
            assert await books.ledger() == ["-1000.00", "0.00", "0.00", "0.00"]
            first = await books.issue()
            (payment,) = first["payments"]
            assert (payment["amount"], payment["discount"], payment["documents"][0]["number"]) == ("980.00", "20.00", number)
            assert await books.ledger() == ["0.00", "-980.00", "0.00", "-20.00"]
            assert await books.invoice(number) == ("paid", "0.00", 1)
            acknowledged = await books.hand_in(first)
            assert (acknowledged["status"], acknowledged["controlSum"]) == ("accepted", "980.00")
            (at_bank,) = acknowledged["transactions"]
            assert (at_bank["endToEndId"], at_bank["status"]) == (payment["payment_number"], "accepted")
            await books.told(payment["payment_number"], {"status": "accepted"})
            why = {"reasonCode": "AC04", "reason": "account closed"}
            back = await books.act("bank", f"/v1/payments/{at_bank['paymentId']}/return", why, "clerk-01")
            word = {"status": back["status"], "reason_code": back["reasonCode"], "reason": back["reason"]}
            assert (await books.told(payment["payment_number"], word))["status"] == "returned"
            assert await books.ledger() == ["-1000.00", "0.00", "0.00", "0.00"]
            # The bank's last word stands beside the whole amount, which is open again: the next run takes it.
            assert await books.invoice(number) == ("returned", "1000.00", 1)
            second = await books.issue()
            (again,) = second["payments"]
            assert (await books.hand_in(second))["status"] == "accepted"
            assert await books.ledger() == ["0.00", "-980.00", "0.00", "-20.00"]
            (line,) = await books.statement("2026-10-29T18:00:00")
            assert (line["endToEndId"], line["amount"], line["charge"]) == (again["payment_number"], "-980.00", "0.00")
            cleared = {"status": "cleared", "amount": line["amount"].removeprefix("-"), "charge": line["charge"], "currency": "EUR"}
            await books.told(again["payment_number"], {**cleared, "value_date": line["valueDate"].replace("-", "")})
            assert await books.ledger() == ["0.00", "0.00", "-980.00", "-20.00"]
            assert await books.invoice(number) == ("cleared", "0.00", 2)
            assert (await books.propose())["payments"] == []

    asyncio.run(run())


@pytest.mark.requirement("R05.04")
def test_golden_ge1_its_payment_ends_at_the_bank() -> None:
    """GE1, step 9: 721.14 and 476.00 are paid with one payment of 1,197.14; 5400 and 1100 have cost what has left the bank."""

    async def run() -> None:
        async with treasury("N30") as books:
            ordered = {"line_no": 10, "gl_account": "5400", "cost_center": books.center, "amount": "1000.00"}
            head = {"company_code": "2000", "currency": "EUR", "document_date": "20261028", "total": "1000.00"}
            lines = [{**ordered, "text": "Paper", "quantity": "10", "unit_price": "100.00"}]
            body = {**head, "vendor_id": books.vendor, "lines": lines, "approvals": books.evidence()}
            order = (await books.post("/purchase-orders", body))["number"]
            billed = {"type": "order", "order_number": order, "order_line": 10, "tax_code": "V1"}
            await books.receive(order, "6")
            one = {**billed, "quantity": "6", "unit_price": "101.00", "net_amount": "606.00", "tax_amount": "115.14"}
            await books.bill("R-2026-1", one, "115.14", "721.14")
            await books.receive(order, "4")
            two = {**billed, "quantity": "4", "unit_price": "100.00", "net_amount": "400.00", "tax_amount": "76.00"}
            await books.bill("R-2026-2", two, "76.00", "476.00")
            assert await books.ledger() == ["-1197.14", "0.00", "0.00", "0.00"]
            paid = await books.issue()
            (payment,) = paid["payments"]
            assert [each["amount"] for each in payment["documents"]] == ["721.14", "476.00"]
            assert await books.ledger() == ["0.00", "-1197.14", "0.00", "0.00"]
            await books.hand_in(paid)
            (line,) = await books.statement("2026-10-30T09:00:00")
            await books.told(payment["payment_number"], {"status": "cleared", "amount": line["amount"].removeprefix("-")})
            assert await books.ledger() == ["0.00", "0.00", "-1197.14", "0.00"]
            assert [await books.balance(account) for account in ("5400", "1100")] == ["1006.00", "191.14"]

    asyncio.run(run())
