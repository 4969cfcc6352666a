// The crosswalks: CSV files that say which code of one system is which of another. Codes are texts and are compared exactly.

import { readFileSync } from "node:fs";
import path from "node:path";
import { Park } from "./setbacks.mjs";

/** Rows of a CSV text (RFC 4180) as objects. */
export function parseCsv(text) {
  const rows = [];
  const cell = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/gy;
  let row = [];
  for (let match; cell.lastIndex < text.length && (match = cell.exec(text)); ) {
    row.push(match[1].startsWith('"') ? match[1].slice(1, -1).replaceAll('""', '"') : match[1]);
    if (match[2] !== ",") {
      rows.push(row);
      row = [];
    }
  }
  const [header, ...body] = rows;
  return body.filter((cells) => cells.length === header.length).map((cells) => Object.fromEntries(header.map((name, i) => [name, cells[i]])));
}

export class Crosswalk {
  #tables = {};

  constructor(folder) {
    const table = (name, ...key) => {
      const text = readFileSync(path.join(folder, `${name}.csv`), "utf8").replace(/^\uFEFF/, "");
      this.#tables[name] = new Map(parseCsv(text).map((row) => [JSON.stringify(key.map((column) => row[column])), row]));
    };
    table("entities", "procurement_legal_entity");
    table("suppliers", "procurement_supplier_id", "erp_company_code");
    table("cost_centers", "procurement_cost_center", "erp_company_code");
    table("projects", "procurement_project", "erp_company_code");
    table("employees", "procurement_user_id");
    table("tax_codes", "procurement_tax_code", "erp_company_code");
    table("purchase_categories", "procurement_category", "valid_from", "valid_to");
  }

  /** A member of the row with this key; a document that we cannot map is for a person. */
  #look(table, member, ...key) {
    const row = this.#tables[table].get(JSON.stringify(key));
    if (!row) throw new Park(`${table}.csv does not know ${key.join(", ")}`, "mapping", "integration team");
    return row[member];
  }

  company(legalEntity) {
    return this.#look("entities", "erp_company_code", legalEntity);
  }

  vendor(supplier, company) {
    return this.#look("suppliers", "erp_vendor_id", supplier, company);
  }

  costCenter(code, company) {
    return this.#look("cost_centers", "erp_cost_center", code, company);
  }

  project(code, company) {
    return this.#look("projects", "erp_project", code, company);
  }

  person(user) {
    return this.#look("employees", "erp_personnel_no", user);
  }

  taxCode(code, company) {
    return this.#look("tax_codes", "erp_tax_code", code, company);
  }

  /** The account of a purchasing category by the rule that holds on a day (ISO; both ends of a rule are inclusive). */
  account(category, day) {
    for (const row of this.#tables.purchase_categories.values()) {
      if (row.procurement_category === category && row.valid_from <= day && day <= (row.valid_to || "9999")) return row.erp_gl_account;
    }
    throw new Park(`purchase_categories.csv has no rule for ${category} on ${day}`, "mapping", "integration team");
  }
}
