// Everything that keeps a pass over a document from its end, as exceptions. What becomes of the document is decided in one place: worker.mjs.

/** Try again: it passes by itself. `known`: it certainly did not happen. `notBefore`: what Retry-After asked for, in ms since 1970. */
export class Wait extends Error {
  constructor(reason, { known, failure, notBefore = 0 }) {
    super(reason);
    Object.assign(this, { known, failure, notBefore });
  }
}

/** A readable problem document: certainly no effect, and a code that says why. */
export class Refused extends Error {
  constructor(where, status, problem) {
    super(`${where}: ${status} ${problem.code} ${problem.detail ?? ""}`.trim());
    Object.assign(this, { status, problem, code: problem.code });
  }
}

/** A person is needed. `failure` is one of the contract page's classes. */
export class Park extends Error {
  constructor(reason, failure, owner) {
    super(reason);
    Object.assign(this, { failure, owner });
  }
}

/** Nothing failed; look again in a while. */
export class Later extends Error {
  constructor(reason, ms) {
    super(reason);
    this.ms = ms;
  }
}

/** The document changed under our hands: read it again and decide again. At most `most` times in a row. */
export class Again extends Error {
  constructor(reason, most = 10) {
    super(reason);
    this.most = most;
  }
}

const FINANCE = ["business", "finance"];
const INTEGRATION = ["validation", "integration team"];

// What stands in the contract page's table of error codes, for the codes that one of our calls can meet.
const REFUSE = {
  SEGREGATION_OF_DUTIES: FINANCE, SUPPLIER_UNKNOWN: FINANCE, SUPPLIER_BLOCKED: FINANCE, SUPPLIER_CHANGED: FINANCE, EMPLOYEE_UNKNOWN: FINANCE,
  COST_CENTER_INACTIVE: FINANCE, CODING_INVALID: FINANCE, LIMIT_EXCEEDED: FINANCE, BUDGET_EXCEEDED: FINANCE, ACCOUNT_INVALID: FINANCE,
  ATTRIBUTE_NOT_OWNED: FINANCE, POSTING_FAILED: FINANCE, ORDER_NOT_OPEN: FINANCE, QUANTITY_EXCEEDED: FINANCE,
  DUPLICATE_SUPPLIER: ["business", "procurement"], TAX_ID_INVALID: ["business", "procurement"], BANK_DETAILS_INVALID: ["business", "procurement"],
  SCREENING_NOT_CLEAR: ["business", "compliance"],
};
const PARK = {
  PERIOD_CLOSED: FINANCE, INVALID_TRANSITION: FINANCE, ORDER_INCOMPLETE: FINANCE, RESERVATION_ENDED: FINANCE,
  APPROVAL_EVIDENCE_MISSING: ["business", "integration team"], AMOUNT_MISMATCH: ["business", "integration team"],
  CURRENCY_INVALID: ["business", "integration team"], JOURNAL_UNBALANCED: ["business", "integration team"],
  DUPLICATE_REFERENCE: ["duplicate", "integration team"], IDEMPOTENCY_KEY_REUSED: ["duplicate", "integration team"],
  INVALID_CLIENT: ["authentication", "security"], INSUFFICIENT_SCOPE: ["authentication", "security"],
};
/** Codes of a write that say: what you know of the object is old. */
export const STALE = new Set(["VERSION_CONFLICT", "PRECONDITION_FAILED", "INVALID_TRANSITION"]);
/** Codes that may have another answer in a moment, when somebody else's receipt or change is through. */
export const MAY_PASS = new Set(["ORDER_NOT_OPEN", "QUANTITY_EXCEEDED", "ORDER_INCOMPLETE", "RESERVATION_ENDED"]);

/** Who is told at the source that this code refused it; undefined where whoever asked for it could do nothing about it. */
export function ownerOfRefusal(code) {
  return REFUSE[code]?.[1];
}

/** A refusal as something for a person. A code that we do not know is one that we cannot read. */
export function parkedRefusal(refused) {
  const [failure, owner] = PARK[refused.code] ?? REFUSE[refused.code] ?? INTEGRATION;
  return new Park(refused.message, failure, owner);
}
