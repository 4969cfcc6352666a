// Supplier invoice to ERP posting. Its amounts are positive, those of a credit memo too; the supplier's own number is kept character by character.

import { orderLines } from "./receipts.mjs";
import { Again, Park } from "./setbacks.mjs";
import { day, decimal, erpDay, integer, list, money, nothing, object, oneOf, optionalText, text } from "./shape.mjs";

const BOOKED = ["posted", "on_hold"]; // on hold is booked too, and only not paid yet

export const invoices = {
  name: "invoice",
  source: {
    folder: "invoices", listed: "approved,returned,cancelled", named: "invoiceId", events: ["invoice.approved", "invoice.approval_reversed"],
    due: "approved", settled: "posted", amended: true, written: "erpInvoice",
    others: ["captured", "validating", "pending_approval", "rejected", "returned", "refused", "cancelled"],
  },
  target: { folder: "supplier-invoices", live: [...BOOKED, "parked"], dead: ["voided", "rejected"], undo: "void" },

  async build(pass, source, revision) {
    const { crosswalk } = pass;
    const currency = text(source, "currency");
    const company = crosswalk.company(text(source, "legalEntity"));
    const captured = day(source, "capturedOn");
    const order = optionalText(source, "purchaseOrder");
    const credit = nothing(source.credit) ? null : object(source, "credit");
    const body = {
      company_code: company,
      vendor_id: crosswalk.vendor(text(source, "supplierId"), company),
      supplier_reference: text(source, "supplierInvoiceNumber"),
      document_date: erpDay(day(source, "invoiceDate")),
      posting_date: pass.record.revisions[revision]?.shifted ?? erpDay(captured),
      currency,
      external_ref: pass.reference(revision),
      source_revision: revision,
      entered_by: crosswalk.person(text(source, "clerkId")),
      text: optionalText(source, "note") ?? "",
      lines: await lines(pass, source, { order, company, currency, captured }),
      tax_total: money(source, "taxTotal", currency),
      total: money(source, "total", currency),
      approvals: evidence(pass, source),
    };
    if (credit) {
      body.credit_memo = oneOf(credit, "kind", ["price", "quantity"], "credit.");
      body.credit_reason = text(credit, "reason", "credit.");
    }
    return { path: "/supplier-invoices", body };
  },

  /** One that the ERP has parked is in no books until its reason is gone. It is not posted, so its source must not be told that it is. */
  async settle(pass, number) {
    const body = await pass.seen(number);
    const status = oneOf(body, "status", [...invoices.target.live, ...invoices.target.dead]);
    if (BOOKED.includes(status)) return;
    if (status !== "parked") throw new Park(`supplier invoice ${number} is ${status} in the ERP`, "business", "finance");
    const reason = `supplier invoice ${number} is parked in the ERP`;
    pass.attempt.step = "booked";
    if ((pass.attempt.failed.booked ?? 0) + 1 < pass.settings.attemptsUnknown) throw new Again(reason);
    // the ERP has it and may book it at any time: that is neither posted nor not posted
    throw Object.assign(new Park(reason, "business", "finance"), { outcome: "unknown" });
  },

  told: (number, revision) => ({ path: "posting", body: { erpInvoiceNumber: number, revision } }),

  reversal: () => ({ reason: "approval taken back" }),
};

/** The lines of the posting: of an order by its own numbers and coding, without one by ours. */
async function lines(pass, source, { order, company, currency, captured }) {
  const { crosswalk } = pass;
  const numbers = order && (await orderLines(pass, order));
  return list(source, "lines").map(([line, where], at) => {
    const common = {
      line_no: at + 1,
      net_amount: money(line, "net", currency, where),
      tax_code: crosswalk.taxCode(text(line, "taxCode", where), company),
      tax_amount: money(line, "tax", currency, where),
      text: optionalText(line, "description", where) ?? "",
    };
    if (order) {
      return {
        type: "order",
        order_number: order,
        order_line: numbers(integer(line, "orderLine", where), where),
        quantity: decimal(line, "quantity", where),
        unit_price: money(line, "unitPrice", currency, where),
        ...common,
      };
    }
    const project = optionalText(line, "project", where);
    return {
      type: "account",
      gl_account: crosswalk.account(text(line, "category", where), captured),
      cost_center: crosswalk.costCenter(text(line, "costCenter", where), company),
      project: project && crosswalk.project(project, company),
      ...common,
    };
  });
}

/** Who approved, as the ERP knows them: the steps that are `approved` now. */
export function evidence(pass, source) {
  return list(source, "approvals")
    .filter(([step, where]) => text(step, "decision", where) === "approved")
    .map(([step, where]) => ({
      step: integer(step, "step", where),
      approver: pass.crosswalk.person(text(step, "approverId", where)),
      decided_at: text(step, "decidedAt", where),
      source_document: pass.record.id,
    }));
}
