// Receipt to GR/IR. Nobody approves a receipt and nobody amends one: a wrong one is reversed, with a word about a replacement.

import { Park } from "./setbacks.mjs";
import { day, decimal, erpDay, integer, list, nothing, object, optionalText, text, unreadable } from "./shape.mjs";

export const receipts = {
  name: "receipt",
  source: {
    folder: "receipts", listed: "recorded,reversed", named: "receiptId", events: ["goods_receipt.recorded", "goods_receipt.reversed"],
    due: "recorded", settled: "posted", others: ["refused", "reversed"], amended: false, written: "erpReceipt",
  },
  target: { folder: "goods-receipts", live: ["posted"], dead: ["reversed"], undo: "reverse" },

  async build(pass, source, revision) {
    const order = text(source, "purchaseOrder");
    const numbers = await orderLines(pass, order);
    const received = erpDay(day(source, "receivedOn"));
    const body = {
      document_date: received,
      posting_date: pass.record.revisions[revision]?.shifted ?? received,
      received_by: pass.crosswalk.person(text(source, "receiverId")),
      external_ref: pass.reference(revision),
      source_revision: revision,
      text: optionalText(source, "note") ?? "",
      lines: list(source, "lines").map(([line, where], at) => ({
        line_no: at + 1,
        order_line: numbers(integer(line, "orderLine", where), where),
        quantity: decimal(line, "quantity", where),
      })),
    };
    return { path: `/purchase-orders/${encodeURIComponent(order)}/goods-receipts`, body };
  },

  /** The ERP values the goods at the order's price. Where that is not what the source says, a person has to look before it is written back. */
  async settle(pass, number) {
    const expected = pass.source.total?.amount;
    const body = await pass.seen(number);
    if (nothing(expected) || body.total === expected) return;
    throw new Park(`goods receipt ${number} is worth ${body.total}, the receipt ${expected}`, "business", "finance");
  },

  told: (number, revision) => ({ path: "posting", body: { erpReceiptNumber: number, revision } }),

  reversal(source) {
    const reversal = object(source, "reversal");
    if (typeof reversal.replacementExpected !== "boolean") throw unreadable("reversal.replacementExpected", reversal.replacementExpected);
    return { reason: optionalText(reversal, "reason", "reversal.") ?? "reversed", replacement_expected: reversal.replacementExpected };
  },
};

/** Source documents count the lines of an order from 1; the ERP has numbers for them, with gaps. Answers how to get from one to the other. */
export async function orderLines(pass, order) {
  const { body } = await pass.call("order", "erp", "GET", `/purchase-orders/${encodeURIComponent(order)}`);
  const numbers = list(body, "lines").map(([line, where]) => integer(line, "line_no", where));
  return (place, where) => {
    if (place < 1 || place > numbers.length) throw unreadable(`${where}orderLine`, place);
    return numbers[place - 1];
  };
}
