// Supplier onboarding: each revision is screened anew, and only what is clear becomes a vendor.

import { evidence } from "./invoices.mjs";
import { Again, Refused, Wait } from "./setbacks.mjs";
import { integer, nothing, object, oneOf, optionalText, text } from "./shape.mjs";

const RESULTS = ["clear", "potential_match", "match", "unavailable"];

export const onboarding = {
  name: "supplier request",
  source: {
    folder: "supplier-requests", listed: "approved,returned,cancelled", named: "supplierRequestId",
    events: ["supplier_request.approved", "supplier_request.reversed"],
    due: "approved", settled: "active", amended: true, written: "erpVendor",
    others: ["draft", "submitted", "duplicate_review", "pending_approval", "rejected", "returned", "withdrawn", "refused", "cancelled"],
  },
  target: { folder: "vendors", live: ["active"], dead: ["inactive"], undo: "deactivate" },

  async build(pass, source, revision) {
    const address = object(source, "address");
    const country = text(address, "country", "address.");
    const bank = object(source, "bank");
    const party = { name: text(source, "name"), country, tax_id: text(source, "taxId"), bank_country: text(bank, "country", "bank.") };
    const requester = optionalText(source, "requesterId");
    const body = {
      company_code: pass.crosswalk.company(text(source, "legalEntity")),
      name: party.name,
      address: members(address, "address.", ["street", "postcode", "city", "country"]),
      tax_ids: [{ country, number: party.tax_id }],
      bank: members(bank, "bank.", ["country", "holder"], ["iban", "routing", "account"]),
      payment_terms: text(source, "paymentTerms"),
      currency: text(source, "currency"),
      external_ref: pass.reference(revision),
      source_revision: revision,
      approvals: evidence(pass, source),
    };
    if (requester) body.requested_by = pass.crosswalk.person(requester);
    body.screening = await clearance(pass, party, revision);
    return { path: "/vendors", body };
  },

  told: (number, revision) => ({ path: "vendor", body: { erpVendorId: number, erpStatus: "active", revision } }),

  reversal: () => ({ reason: "approval taken back" }),

  async reconsider(pass, refused) {
    if (refused.code === "SCREENING_NOT_CLEAR" && !pass.attempt.failed.screened && !refused.own) {
      pass.attempt.step = "screened"; // the list may have changed since we asked: once more, with a new check
      throw new Again(refused.message);
    }
    if (refused.code !== "DUPLICATE_SUPPLIER" || nothing(refused.problem.duplicate_of)) return {};
    const { duplicate_of: other } = refused.problem;
    const { body } = await pass.call("look", "erp", "GET", `/vendors/${encodeURIComponent(other)}`);
    const [id, made] = String(body.external_ref ?? "").split("/");
    if (id === pass.record.id) {
      // ours, of an older revision: a request that we never got an answer to. The next pass takes it back first.
      await pass.note("made", { revision: Number(made), number: other });
      pass.attempt.step = "duplicate";
      throw new Again(refused.message);
    }
    return { duplicateOf: other };
  },
};

/** What `needed` and `optional` name, without what is not there. */
function members(part, where, needed, optional = []) {
  const found = needed.map((name) => [name, text(part, name, where)]);
  return Object.fromEntries([...found, ...optional.filter((name) => !nothing(part[name])).map((name) => [name, text(part, name, where)])]);
}

/** The evidence of a check of this revision that is clear. It is kept, so that a repeated create is the same request. */
async function clearance(pass, party, revision) {
  let check = pass.record.revisions[revision]?.check;
  if (!check) {
    const body = { ...party, external_ref: pass.reference(revision) };
    const { body: found } = await pass.call("screen", "screening", "POST", "/v1/checks", { body });
    const result = oneOf(found, "result", RESULTS);
    if (result === "unavailable") {
      pass.attempt.step = "unavailable"; // nobody could look; that is no clearance
      throw new Wait("nobody could screen the supplier", { known: true, failure: "transient" });
    }
    if (result !== "clear") throw notClear(result);
    const [check_id, checked_at] = [text(found, "check_id"), text(found, "checked_at")];
    check = { check_id, result, list_version: integer(found, "list_version"), checked_at };
    await pass.note("screened", { revision, check });
  }
  return check;
}

/** Our own refusal, in the form of the ERP's. */
function notClear(result) {
  const problem = { code: "SCREENING_NOT_CLEAR", detail: `the screening says ${result}` };
  return Object.assign(new Refused("screening", 409, problem), { own: true });
}
