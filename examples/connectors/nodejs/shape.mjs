// Strict reading of what other systems say. Members that we do not know are ignored; one that we need and cannot read stops the document, with
// the name of the member. Nothing is converted: a number that became a text is another thing.

import { Park } from "./setbacks.mjs";

export function unreadable(member, value) {
  const shown = value === undefined ? "is missing" : `is ${JSON.stringify(value).slice(0, 60)}`;
  return new Park(`cannot read the answer: ${member} ${shown}`, "validation", "integration team");
}

/** Null, absent and empty are the same nothing. */
export function nothing(value) {
  return value === undefined || value === null || value === "";
}

export function text(object, member, where = "") {
  const value = object[member];
  if (typeof value !== "string" || value === "") throw unreadable(where + member, value);
  return value;
}

/** A text, or null where there is nothing. */
export function optionalText(object, member, where = "") {
  return nothing(object[member]) ? null : text(object, member, where);
}

export function integer(object, member, where = "") {
  const value = object[member];
  if (!Number.isSafeInteger(value)) throw unreadable(where + member, value);
  return value;
}

export function object(parent, member, where = "") {
  const value = parent[member];
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw unreadable(where + member, value);
  return value;
}

/** A list of objects, each with the place that it stands at. */
export function list(parent, member, where = "") {
  const value = parent[member];
  if (!Array.isArray(value)) throw unreadable(where + member, value);
  return value.map((_, at) => [object(value, at, `${where}${member}.`), `${where}${member}[${at}].`]);
}

export function oneOf(parent, member, words, where = "") {
  const value = text(parent, member, where);
  if (!words.includes(value)) throw unreadable(where + member, value);
  return value;
}

const DECIMAL = /^-?\d+(\.\d+)?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Decimal text, passed on as it is: money and quantities never become binary floats. */
export function decimal(parent, member, where = "") {
  const value = text(parent, member, where);
  if (!DECIMAL.test(value)) throw unreadable(where + member, value);
  return value;
}

/** The decimal text of `{"amount", "currency"}`, which must be in the document's currency. */
export function money(parent, member, currency, where = "") {
  const value = object(parent, member, where);
  if (text(value, "currency", `${where}${member}.`) !== currency) throw unreadable(`${where}${member}.currency`, value.currency);
  return decimal(value, "amount", `${where}${member}.`);
}

/** An ISO day of procurement's (2026-10-30). */
export function day(parent, member, where = "") {
  const value = text(parent, member, where);
  if (!DAY.test(value)) throw unreadable(where + member, value);
  return value;
}

/** The same day as the ERP writes it (20261030). */
export function erpDay(iso) {
  return iso.replaceAll("-", "");
}
