"""A connector as it is often written at first: right on a good day, and wrong on every other.

On purpose: no idempotency key and no reference, the event is acknowledged before anything is saved, everything lives in memory,
every webhook is believed, what times out is sent again, what is refused is dropped, and nobody looks for events that never came.
"""

import csv
import json
import os
import queue
import threading
import urllib.error
import urllib.parse
import urllib.request
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ENV = os.environ
ATTEMPTS = 5
events = queue.Queue()
waiting = {}  # job id -> what to write back when the ERP confirms
token = {}


def table(name, *key):
    """A crosswalk as {key: row}."""
    with open(f"{ENV['MAPPINGS_DIR']}/{name}.csv", encoding="utf-8", newline="") as lines:  # noqa: PTH123 - as naive people write it
        return {tuple(row[column] for column in key): row for row in csv.DictReader(lines)}


def rule_of(rules, on, *what):
    """The row of a table of rules that holds on a day (ISO)."""
    return next(row for key, row in rules.items() if key[:-2] == what and key[-2] <= on <= (key[-1] or "9999"))


def call(method, url, body=None):
    """A request that does not give up easily. Returns the decoded answer."""
    for attempt in range(ATTEMPTS):
        if not token:
            form = {"grant_type": "client_credentials", "client_id": ENV["CLIENT_ID"], "client_secret": ENV["CLIENT_SECRET"]}
            with urllib.request.urlopen(ENV["OAUTH_TOKEN_URL"], urllib.parse.urlencode(form).encode(), timeout=1.5) as answer:
                token.update(json.load(answer))
        headers = {"Authorization": "Bearer " + token["access_token"], "Content-Type": "application/json"}
        request = urllib.request.Request(url, json.dumps(body).encode() if body else None, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=1.5) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code == 401:
                token.clear()
            elif error.code < 500 and error.code != 429:
                raise
        except OSError as error:
            print(f"attempt {attempt + 1}: {method} {url}: {error}")
    raise RuntimeError(f"{method} {url} failed {ATTEMPTS} times")


def day(text):
    """2026-10-30 or 30/10/2026 -> 20261030."""
    return "".join(reversed(text.split("/"))) if "/" in text else text.replace("-", "")


def money(minor, currency):
    """12345 USD -> "123.45"."""
    return str(minor) if currency == "JPY" else str(Decimal(minor) / 100 + Decimal("0.00"))


def evidence(source):
    """Who approved a document of procurement, as the ERP knows them."""
    return [
        {
            "step": a["step"],
            "approver": USERS[a["approverId"],]["erp_personnel_no"],
            "decided_at": a["decidedAt"],
            "source_document": source["id"],
        }
        for a in source["approvals"]
    ]


def order(data):
    """Requisition -> purchase order."""
    requisition = f"{ENV['PROCUREMENT_URL']}/api/v1/requisitions/{data['requisitionId']}"
    source = call("GET", requisition)
    company = ENTITIES[source["legalEntity"],]["erp_company_code"]
    vendor = SUPPLIERS[source["supplierId"], company]["erp_vendor_id"]
    call("GET", f"{ENV['ERP_URL']}/suppliers/{vendor}?company_code={company}")
    lines = [
        {
            "line_no": line["lineNo"],
            "text": line["description"],
            "quantity": line["quantity"],
            "unit": "EA",
            "unit_price": line["unitPrice"]["amount"],
            "amount": line["amount"]["amount"],
            "gl_account": rule_of(PURCHASES, source["requestedOn"], line["category"])["erp_gl_account"],
            "cost_center": CENTERS[line["costCenter"], company]["erp_cost_center"],
            "project": PROJECTS[line["project"], company]["erp_project"] if line["project"] else None,
        }
        for line in source["lines"]
    ]
    body = {"company_code": company, "vendor_id": vendor, "document_date": day(source["requestedOn"]), "currency": source["currency"]}
    body |= {"lines": lines, "total": source["total"]["amount"], "approvals": evidence(source)}
    created = call("POST", f"{ENV['ERP_URL']}/purchase-orders", body)
    call("PUT", f"{requisition}/order", {"erpOrderNumber": created["number"], "erpStatus": created["status"]})


def receive(data):
    """Receipt -> goods receipt."""
    receipt = f"{ENV['PROCUREMENT_URL']}/api/v1/receipts/{data['receiptId']}"
    source = call("GET", receipt)
    order = f"{ENV['ERP_URL']}/purchase-orders/{source['purchaseOrder']}"
    numbers = [line["line_no"] for line in call("GET", order)["lines"]]
    lines = [
        {"line_no": line["lineNo"], "order_line": numbers[line["orderLine"] - 1], "quantity": line["quantity"]} for line in source["lines"]
    ]
    body = {"document_date": day(source["receivedOn"]), "posting_date": day(source["receivedOn"])}
    created = call(
        "POST", f"{order}/goods-receipts", body | {"received_by": USERS[source["receiverId"],]["erp_personnel_no"], "lines": lines}
    )
    call("PUT", f"{receipt}/posting", {"erpReceiptNumber": created["number"]})


def bill(data):
    """Supplier invoice -> posting in the ERP, whatever status it gets there."""
    invoice = f"{ENV['PROCUREMENT_URL']}/api/v1/invoices/{data['invoiceId']}"
    source = call("GET", invoice)
    company = ENTITIES[source["legalEntity"],]["erp_company_code"]
    ordered, numbers = source["purchaseOrder"], []
    if ordered:
        numbers = [line["line_no"] for line in call("GET", f"{ENV['ERP_URL']}/purchase-orders/{ordered}")["lines"]]
    lines = []
    for line in source["lines"]:
        posted = {"line_no": line["lineNo"], "net_amount": line["net"]["amount"], "tax_amount": line["tax"]["amount"]}
        posted |= {"tax_code": TAXES[line["taxCode"], company]["erp_tax_code"], "text": line["description"]}
        if ordered:
            posted |= {"type": "order", "order_number": ordered, "order_line": numbers[line["orderLine"] - 1]}
            posted |= {"quantity": line["quantity"], "unit_price": line["unitPrice"]["amount"]}
        else:
            account = rule_of(PURCHASES, source["capturedOn"], line["category"])["erp_gl_account"]
            project = PROJECTS[line["project"], company]["erp_project"] if line["project"] else None
            center = CENTERS[line["costCenter"], company]["erp_cost_center"]
            posted |= {"type": "account", "gl_account": account, "cost_center": center, "project": project}
        lines.append(posted)
    body = {"company_code": company, "vendor_id": SUPPLIERS[source["supplierId"], company]["erp_vendor_id"]}
    body |= {"supplier_reference": source["supplierInvoiceNumber"], "currency": source["currency"]}
    body |= {"document_date": day(source["invoiceDate"]), "posting_date": day(source["capturedOn"])}
    body |= {"entered_by": USERS[source["clerkId"],]["erp_personnel_no"], "text": source["note"] or "", "lines": lines}
    body |= {"tax_total": source["taxTotal"]["amount"], "total": source["total"]["amount"], "approvals": evidence(source)}
    if source["credit"]:
        body |= {"credit_memo": source["credit"]["kind"], "credit_reason": source["credit"]["reason"]}
    created = call("POST", f"{ENV['ERP_URL']}/supplier-invoices", body)
    call("PUT", f"{invoice}/posting", {"erpInvoiceNumber": created["number"]})


def post(data):
    """Expense report -> AP invoice or journal; what is written back waits for the ERP's confirmation."""
    report = call("GET", f"{ENV['EXPENSE_URL']}/v2/reports/{data['report_id']}")
    entity = ENTITIES[report["entity_code"],]
    company, currency = entity["erp_company_code"], report["currency"]
    zero, person = money(0, currency), LOGINS[report["employee_login"],]["erp_personnel_no"]
    lines = []
    for line in report["lines"]:
        spent_on = "-".join(reversed(line["spent_on"].split("/")))
        account = rule_of(EXPENSES, spent_on, line["category"], company)["erp_gl_account"]
        center = OBJECTS[line["cost_object"], company]["erp_cost_center"]
        net, tax = money(line["amount_minor"] - line["tax_minor"], currency), money(line["tax_minor"], currency)
        if entity["expense_route"] == "ap_invoice":
            coding = {"gl_account": account, "cost_center": center, "payment_type": line["payment_type"], "text": line["description"]}
            lines.append({"line_no": line["line_no"], "net_amount": net, "tax_amount": tax} | coding)
            continue
        owed = ACCOUNTS["payroll_clearing" if line["payment_type"] == "employee_paid" else "card_clearing",]["erp_gl_account"]
        entries = [(account, net, zero, center), (ACCOUNTS["input_tax",]["erp_gl_account"], tax, zero, None)]
        entries.append((owed, zero, money(line["amount_minor"], currency), None))
        if line["amount_minor"] < 0:
            entries = [(name, credit.lstrip("-"), debit.lstrip("-"), center) for name, debit, credit, center in entries]
        for gl_account, debit, credit, cost_center in entries:
            if debit != credit:
                numbers = {"line_no": len(lines) + 1, "gl_account": gl_account, "debit": debit, "credit": credit}
                lines.append(numbers | {"text": line["description"]} | ({"cost_center": cost_center} if cost_center else {}))
    approvals = [
        {
            "step": a["step"],
            "approver": LOGINS[a["approver_login"],]["erp_personnel_no"],
            "decided_at": a["decided_at"],
            "source_document": report["report_id"],
        }
        for a in report["approvals"]
    ]
    body = {"company_code": company, "document_date": day(report["submitted_on"]), "posting_date": day(report["approved_on"])}
    body |= {"currency": currency, "text": report["title"], "lines": lines, "approvals": approvals}
    if entity["expense_route"] == "ap_invoice":
        body |= {"personnel_no": person, "total": money(report["total_minor"], currency)}
    folder = {"ap_invoice": "ap-invoices", "journal_entry": "journal-entries"}[entity["expense_route"]]
    accepted = call("POST", f"{ENV['ERP_URL']}/{folder}", body)
    waiting[accepted["job_id"]] = (report, entity["expense_route"])


def confirm(data):
    """The ERP posted a document: tell the expense system."""
    report, route = waiting.pop(data["job_id"])
    body = {"erp_document": data["document_number"], "erp_document_type": route, "posted_on": report["approved_on"]}
    call("PUT", f"{ENV['EXPENSE_URL']}/v2/reports/{report['report_id']}/posting", body)


HANDLERS = {
    "requisition.approved": order,
    "goods_receipt.recorded": receive,
    "invoice.approved": bill,
    "expense_report.approved": post,
    "posting.confirmed": confirm,
}


def work():
    """Takes events for ever; what fails is printed and forgotten."""
    while True:
        event = events.get()
        try:
            HANDLERS[event["type"]](event["data"])
        except Exception as error:
            print(f"{event['type']} {event['subject']}: {error!r}")


class Handler(BaseHTTPRequestHandler):
    """Health and webhooks."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        """Always well."""
        self.answer(200)

    def do_POST(self):
        """Thank you, and then let us see what it was."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200)
        event = json.loads(body)
        if event["type"] in HANDLERS:
            events.put(event)

    def answer(self, status):
        """A status without a body."""
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Quiet."""


ENTITIES = table("entities", "procurement_legal_entity") | table("entities", "expense_entity_code")
SUPPLIERS = table("suppliers", "procurement_supplier_id", "erp_company_code")
CENTERS = table("cost_centers", "procurement_cost_center", "erp_company_code")
OBJECTS = table("cost_centers", "expense_cost_object", "erp_company_code")
PROJECTS = table("projects", "procurement_project", "erp_company_code")
USERS = table("employees", "procurement_user_id")
LOGINS = table("employees", "expense_login")
TAXES = table("tax_codes", "procurement_tax_code", "erp_company_code")
PURCHASES = table("purchase_categories", "procurement_category", "valid_from", "valid_to")
EXPENSES = table("expense_categories", "expense_category", "erp_company_code", "valid_from", "valid_to")
ACCOUNTS = table("accounts", "purpose")

if __name__ == "__main__":
    for _ in range(16):
        threading.Thread(target=work, daemon=True).start()
    server = ThreadingHTTPServer(("127.0.0.1", int(ENV["PORT"])), Handler, bind_and_activate=False)
    server.request_queue_size = 128
    server.server_bind()
    server.server_activate()
    server.serve_forever()
