"""What all flows share, and two of them, each as one question: what does the source document say now, and what is in the ERP because of it?

A pass reads the source and brings the ERP and the source into line with it. It may stop anywhere and start again: the unique
`external_ref` (source id / revision) makes the second try of a create find the first one, in whatever order they arrive.
"""

from mapping import Unmapped, compact, decimal_text, iso
from outcome import PARKED_FOR_FINANCE, TOLD_TO_SOURCE, Later, Park
from shape import CODING, DOCUMENTS, JOB, MADE, REPORT, REQUISITION, SUPPLIER, Drifted, fit
from wire import NotDone, Refused

IN_DOUBT_LOOKS = 4  # a paper that we may have made and no longer want: how often we look before we believe that it is not there


FOLDERS = {
    "purchase_order": "/purchase-orders",
    "ap_invoice": "/ap-invoices",
    "journal_entry": "/journal-entries",
    "goods_receipt": "/goods-receipts",
}
LIVE = ("created", "closed", "finally_closed", "accepted", "posted")
UNDO = {"purchase_order": "cancel", "ap_invoice": "void", "journal_entry": "reverse", "goods_receipt": "reverse"}
TAKEN_BACK = {"reason": "the approval was taken back"}


def number_of(document):
    """The number of an ERP document or of the answer to its creation; None for None."""
    return document and (document.get("number") or document.get("document_number"))


class Rejected(Exception):  # noqa: N818 - it reads as what happened
    """The document cannot become an ERP document as it is; the person who asked for it is told."""

    def __init__(self, code, reason):
        super().__init__(reason)
        self.code, self.reason = code, reason


class Flow:
    """What all flows share: find, adopt, undo."""

    kind = ""
    system = ""
    shape = None  # of the source document

    def __init__(self, wire, store, mapping, base_s):
        self.wire, self.store, self.mapping, self.base_s = wire, store, mapping, base_s

    def reference(self, source_id, revision):
        """The unique name of the one ERP document that this revision may have."""
        return f"{source_id}/{revision}"

    def read_source(self, work, path):
        """The source document, not older than what an event or a list told us. Returns Answer."""
        answer = self.wire.get(self.system, path)
        fit(answer.body, self.shape, path)
        if answer.body["version"] < work.seen:
            raise NotDone(f"{work.id} is shown in version {answer.body['version']}, version {work.seen} was announced", code="STALE_READ")
        return answer

    def settle(self, source_id, revision, wanted):
        """Undoes every paper of another revision, or all of them when nothing is wanted. Returns the paper of this revision, if any."""
        current = None
        for paper in self.store.papers(source_id):
            if paper.state == "undone":
                continue
            if wanted and paper.revision == revision:
                current = paper
            else:
                self.undo(paper)
        return current

    def undo(self, paper, why=TAKEN_BACK):
        """Takes a document out of the ERP, and makes sure that there is none when it is in doubt. why: what the ERP is told."""
        number = paper.number or number_of(self.look_up(paper))
        if number is None:
            if paper.looks < IN_DOUBT_LOOKS:
                self.store.paper(paper.ref, looks=paper.looks + 1)
                raise Later(f"{paper.ref} may still appear in the ERP", 20 * self.base_s)
        else:
            self.wire.post("erp", f"{FOLDERS[paper.type]}/{number}/{UNDO[paper.type]}", why)
        self.store.paper(paper.ref, state="undone", number=number)

    def look_up(self, paper):
        """The live ERP document with our reference, or None."""
        folder = FOLDERS[paper.type]
        found = self.wire.get("erp", folder, external_ref=paper.ref).body
        items = fit(found, {"items": [DOCUMENTS[folder]]}, f"{folder} with reference {paper.ref}")["items"]
        return next((item for item in items if item["status"] in LIVE), None)

    def make(self, paper_type, source, ref, body, *, home=None):
        """Creates the document unless it is there already. home: where, if not in its folder. Returns (number, job id or None)."""
        source_id, revision, correlation = source
        folder, before = FOLDERS[paper_type], self.store.one_paper(ref)
        self.store.trying(ref, source_id, revision, paper_type)
        try:
            answer = fit(self.wire.post("erp", home or folder, body, correlation).body, MADE[folder], f"the answer to POST {folder}")
        except Drifted:  # it was made; what the answer does not say, a look-up may
            answer = self.look_up(self.store.one_paper(ref))
            if answer is None:
                raise
        except (Refused, NotDone) as trouble:
            if trouble.code == "DUPLICATE_REFERENCE":
                answer = self.adopt(folder, trouble.problem, ref, body)
            else:
                if before is None or before.state == "undone":  # this was the only request, and it certainly had no effect
                    self.store.paper(ref, state="undone")
                raise
        number, job = number_of(answer), answer.get("job_id")
        self.store.paper(ref, state="made", number=number, job=job)
        return number, job

    def adopt(self, folder, problem, ref, body):
        """What exists under our reference is taken for ours only when it says the same. Returns number and job id as an answer."""
        number = problem["existing_id"]
        found = fit(self.wire.get("erp", f"{folder}/{number}").body, DOCUMENTS[folder], f"{folder}/{number}")
        same = all(found.get(name) == body[name] for name in ("external_ref", "company_code", "currency", "total") if name in body)
        if not same or found.get("status") not in LIVE:
            reason = f"{ref} exists as {number} with status {found.get('status')}, and is not what we would create"
            raise Park(reason, problem_class="duplicate", owner="integration team", retryable=False)
        return {"number": number, "job_id": problem.get("job_id")}

    def drop_surplus(self, paper, recorded):
        """The source names another ERP document than ours: ours is one too many."""
        if paper and paper.number and recorded and recorded != paper.number:
            self.undo(paper)

    def check_coding(self, company, codings, on):
        """Asks the ERP about each account and cost centre once. codings: (account, cost centre, project)."""
        for account, cost_center, project in sorted(set(codings), key=str):
            query = {"company_code": company, "gl_account": account, "cost_center": cost_center, "project": project, "date": compact(on)}
            answer = fit(self.wire.get("erp", "/coding-combinations", **query).body, CODING, "/coding-combinations")
            if not answer["valid"]:
                raise Rejected(answer.get("code") or "CODING_INVALID", answer.get("reason") or f"{account} / {cost_center} is not valid")

    def deliver(self, source_path, etag, make):
        """Runs `make`; a business rejection goes back to the source with its reason, a mistake of ours to the parked list."""
        try:
            return make()
        except Unmapped as error:
            raise Park(str(error), problem_class="mapping", owner="integration team") from error
        except Rejected as rejected:
            self.refuse(source_path, etag, rejected.code, rejected.reason)
        except Refused as refused:
            if refused.code in PARKED_FOR_FINANCE:
                raise Park(refused.reason, problem_class="business", owner="finance") from refused
            if refused.code not in TOLD_TO_SOURCE:
                raise
            self.refuse(source_path, etag, refused.code, refused.problem.get("detail") or refused.reason)
        return None

    def refuse(self, source_path, etag, code, reason):
        """Writes the refusal to the source, where the person who asked will see it."""
        self.wire.put(self.system, f"{source_path}/refusal", {"code": code, "reason": reason[:500], "owner": "finance"}, etag=etag)


class Requisitions(Flow):
    """requisition-to-po."""

    kind = "requisition"
    system = "procurement"
    shape = REQUISITION

    def run(self, work):
        """One pass."""
        path = f"/api/v1/requisitions/{work.id}"
        answer = self.read_source(work, path)
        source = answer.body
        paper = self.settle(work.id, source["revision"], source["status"] in ("approved", "ordered", "closed"))
        if source["status"] != "approved":
            self.drop_surplus(paper, (source.get("erpOrder") or {}).get("number"))
            return
        number = paper.number if paper and paper.state == "made" else self.deliver(path, answer.etag, lambda: self.order(source, paper))
        if number:
            body = {"erpOrderNumber": number, "erpStatus": "created", "revision": source["revision"]}
            self.wire.put("procurement", f"{path}/order", body, source.get("correlationId"), answer.etag)

    def order(self, source, paper):
        """Creates the purchase order. Returns its number."""
        ref = self.reference(source["id"], source["revision"])
        found = number_of(self.look_up(paper)) if paper else None
        if found:
            self.store.paper(ref, state="made", number=found)
            return found
        body = self.order_body(source, ref)
        self.check_supplier(body["vendor_id"], body["company_code"])
        codings = [(line["gl_account"], line["cost_center"], line["project"]) for line in body["lines"]]
        self.check_coding(body["company_code"], codings, source["requestedOn"])
        return self.make("purchase_order", (source["id"], source["revision"], source.get("correlationId")), ref, body)[0]

    def check_supplier(self, vendor, company):
        """An inactive or blocked supplier gets no order."""
        answer = self.wire.get("erp", f"/suppliers/{vendor}", company_code=company).body
        supplier = fit(answer, SUPPLIER, f"/suppliers/{vendor}")
        if supplier["status"] != "active" or supplier["purchasing_block"]:
            raise Rejected(
                "SUPPLIER_BLOCKED", f"supplier {vendor} is {supplier['status']}, purchasing block {supplier['purchasing_block']}"
            )

    def order_body(self, source, ref):
        """The purchase order as the ERP wants it."""
        entity = self.mapping.entity(source["legalEntity"])
        company, on = entity["erp_company_code"], source["requestedOn"]
        lines = [
            {
                "line_no": 10 * line["lineNo"],
                "text": line["description"],
                "quantity": line["quantity"],
                "unit": "EA",
                "unit_price": line["unitPrice"]["amount"],
                "amount": line["amount"]["amount"],
                "gl_account": self.mapping.purchase_account(line["category"], on),
                "cost_center": self.mapping.cost_center(line["costCenter"], company),
                "project": self.mapping.project(line.get("project"), company),
            }
            for line in source["lines"]
        ]
        approvals = [
            {
                "step": approval["step"],
                "approver": self.mapping.user(approval["approverId"]),
                "decided_at": approval["decidedAt"],
                "source_document": source["id"],
            }
            for approval in source["approvals"]
            if approval["decision"] == "approved"
        ]
        return {
            "company_code": company,
            "vendor_id": self.mapping.supplier(source["supplierId"], company),
            "document_date": compact(on),
            "currency": source["currency"],
            "external_ref": ref,
            "source_revision": source["revision"],
            "requested_by": self.mapping.user(source["requesterId"]),
            "lines": lines,
            "total": source["total"]["amount"],
            "approvals": approvals,
        }


class Expenses(Flow):
    """expense-to-posting."""

    kind = "expense_report"
    system = "expense"
    shape = REPORT

    def run(self, work):
        """One pass."""
        path = f"/v2/reports/{work.id}"
        answer = self.read_source(work, path)
        report = answer.body
        paper = self.settle(work.id, report["revision"], report["state"] in ("approved", "posted", "paid"))
        if report["state"] != "approved":
            self.drop_surplus(paper, (report.get("posting") or {}).get("erp_document"))
            return
        number = self.deliver(path, answer.etag, lambda: self.post(report, paper))
        if number:
            self.record(report, path, number, answer.etag)

    def post(self, report, paper):
        """Posts the report and waits for the ERP to confirm. Returns the document number."""
        ref = self.reference(report["report_id"], report["revision"])
        route = self.mapping.entity(report["entity_code"])["expense_route"]
        number, job = (paper.number, paper.job) if paper else (None, None)
        if paper and not number:
            found = self.look_up(paper) or {}
            number, job = number_of(found), found.get("job_id")
        if not number:
            body = self.invoice_body(report, ref) if route == "ap_invoice" else self.journal_body(report, ref)
            codings = [(line["gl_account"], line["cost_center"], None) for line in body["lines"] if line.get("cost_center")]
            self.check_coding(body["company_code"], codings, iso(report["approved_on"]))
            number, job = self.make(route, (report["report_id"], report["revision"], report.get("correlation_id")), ref, body)
            raise Later(f"{number} is accepted; the ERP posts it", 4 * self.base_s)
        return self.confirmed(ref, route, number, job)

    def confirmed(self, ref, route, number, job):
        """The number, once the ERP says that it is posted; what events say about it is only a reason to ask."""
        path, shape = (f"/jobs/{job}", JOB) if job else (f"{FOLDERS[route]}/{number}", DOCUMENTS[FOLDERS[route]])
        state = fit(self.wire.get("erp", path).body, shape, path)
        if state["status"] == "posted":
            self.store.paper(ref, state="posted")
            return number
        if state["status"] == "accepted":
            looks = self.store.one_paper(ref).looks
            self.store.paper(ref, looks=looks + 1)
            raise Later(f"{number} is still only accepted", min(4 * 2**looks, 40) * self.base_s)
        self.store.paper(ref, state="undone")
        code, reason = state.get("code") or "REJECTED", state.get("reason") or f"{number} is {state['status']}"
        if code in TOLD_TO_SOURCE:
            raise Rejected(code, reason)
        owner = "finance" if code in PARKED_FOR_FINANCE else "integration team"
        raise Park(f"posting of {number} failed: {code} {reason}", problem_class="business", owner=owner)

    def record(self, report, path, number, etag):
        """Writes the ERP document back to the report."""
        route = self.mapping.entity(report["entity_code"])["expense_route"]
        body = {
            "erp_document": number,
            "erp_document_type": route,
            "posted_on": report["approved_on"],
            "revision": report["revision"],
        }
        self.wire.put("expense", f"{path}/posting", body, report.get("correlation_id"), etag)

    def head(self, report, ref):
        """What both document types begin with."""
        entity = self.mapping.entity(report["entity_code"])
        return {
            "company_code": entity["erp_company_code"],
            "document_date": compact(iso(report["submitted_on"])),
            "posting_date": compact(iso(report["approved_on"])),
            "currency": report["currency"],
            "external_ref": ref,
            "source_revision": report["revision"],
            "text": f"{report['report_id']} {report['title']}"[:80],
            "approvals": [
                {
                    "step": approval["step"],
                    "approver": self.mapping.login(approval["approver_login"]),
                    "decided_at": approval["decided_at"],
                    "source_document": report["report_id"],
                }
                for approval in report["approvals"]
                if approval["decision"] == "approved"
            ],
        }

    def coded(self, report):
        """(line, G/L account, cost centre, net, tax, gross) with money as decimal text."""
        company, currency = self.mapping.entity(report["entity_code"])["erp_company_code"], report["currency"]
        for line in report["lines"]:
            account = self.mapping.expense_account(line["category"], company, iso(line["spent_on"]))
            amounts = (line["amount_minor"] - line["tax_minor"], line["tax_minor"], line["amount_minor"])
            yield line, account, self.mapping.cost_object(line["cost_object"], company), *(decimal_text(a, currency) for a in amounts)

    def invoice_body(self, report, ref):
        """The AP invoice."""
        lines = [
            {
                "line_no": line["line_no"],
                "gl_account": account,
                "cost_center": cost_center,
                "net_amount": net,
                "tax_amount": tax,
                "payment_type": line["payment_type"],
                "text": line["description"],
            }
            for line, account, cost_center, net, tax, _ in self.coded(report)
        ]
        personnel_no, total = self.mapping.login(report["employee_login"]), decimal_text(report["total_minor"], report["currency"])
        return {**self.head(report, ref), "personnel_no": personnel_no, "lines": lines, "total": total}

    def journal_body(self, report, ref):
        """The journal: cost and tax in debit, what is owed to employee or card company in credit; of what was given back the reverse."""
        personnel_no, zero = self.mapping.login(report["employee_login"]), decimal_text(0, report["currency"])
        lines = []
        for line, account, cost_center, net, tax, gross in self.coded(report):
            employee = line["payment_type"] == "employee_paid"
            owed_to = self.mapping.account("payroll_clearing" if employee else "card_clearing")
            entries = [(account, net, zero, cost_center)]
            if line["tax_minor"]:
                entries.append((self.mapping.account("input_tax"), tax, zero, None))
            entries.append((owed_to, zero, gross, None))
            if line["amount_minor"] < 0:
                entries = [(name, credit.removeprefix("-"), debit.removeprefix("-"), center) for name, debit, credit, center in entries]
            for gl_account, debit, credit, center in entries:
                entry = {"line_no": len(lines) + 1, "gl_account": gl_account, "debit": debit, "credit": credit, "text": line["description"]}
                if center:
                    entry["cost_center"] = center
                if gl_account == owed_to and employee:
                    entry["personnel_no"] = personnel_no
                lines.append(entry)
        return {**self.head(report, ref), "lines": lines}
