"""receipt-to-grir: goods that came are posted on GR/IR, and taken back when they went back.

A receipt has one revision, so it has one paper. Procurement counts the lines of an order from 1; the ERP gives them numbers of its own.
"""

from flows import FOLDERS, Flow, number_of
from mapping import compact
from outcome import Park
from shape import ORDER_LINES, RECEIPT, fit

KIND = "goods_receipt"


class Receipts(Flow):
    """What came of an order."""

    kind = "receipt"
    system = "procurement"
    shape = RECEIPT

    def run(self, work):
        """One pass."""
        path = f"/api/v1/receipts/{work.id}"
        answer = self.read_source(work, path)
        source = answer.body
        paper = next((paper for paper in self.store.papers(work.id) if paper.state != "undone"), None)
        if source["status"] == "reversed" and paper:
            self.undo(paper, {"reason": "the receipt was taken back", "replacement_expected": source["reversal"]["replacementExpected"]})
        if source["status"] == "posted":
            self.drop_surplus(paper, (source.get("erpReceipt") or {}).get("number"))
        if source["status"] != "recorded":
            return
        number = paper.number if paper and paper.state == "posted" else self.deliver(path, answer.etag, lambda: self.post(source, paper))
        if number:
            body = {"erpReceiptNumber": number, "revision": source["revision"]}
            self.wire.put("procurement", f"{path}/posting", body, source.get("correlationId"), answer.etag)

    def post(self, source, paper):
        """Creates the goods receipt. Returns its number."""
        ref = self.reference(source["id"], source["revision"])
        number = number_of(self.look_up(paper)) if paper else None
        if not number:
            order = f"/purchase-orders/{source['purchaseOrder']}"
            body = self.body(source, ref, order)
            where = (source["id"], source["revision"], source.get("correlationId"))
            number = self.make(KIND, where, ref, body, home=f"{order}{FOLDERS[KIND]}")[0]
        self.store.paper(ref, state="posted", number=number)  # what was created is posted: no job comes after it
        return number

    def body(self, source, ref, order):
        """The goods receipt as the ERP wants it."""
        numbers = [line["line_no"] for line in fit(self.wire.get("erp", order).body, ORDER_LINES, order)["lines"]]
        missing = [line["orderLine"] for line in source["lines"] if not 1 <= line["orderLine"] <= len(numbers)]
        if missing:
            reason = f"{order} has {len(numbers)} lines, and no line {missing[0]}"
            raise Park(reason, problem_class="mapping", owner="integration team")
        return {
            "document_date": compact(source["receivedOn"]),
            "posting_date": compact(source["receivedOn"]),
            "received_by": self.mapping.user(source["receiverId"]),
            "external_ref": ref,
            "source_revision": source["revision"],
            "text": source["id"],
            "lines": [
                {"line_no": line["lineNo"], "order_line": numbers[line["orderLine"] - 1], "quantity": line["quantity"]}
                for line in source["lines"]
            ],
        }
