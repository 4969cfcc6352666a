// What others ask of us: health, events, what is parked, redrive, idle.

import http from "node:http";
import { isGenuine } from "./signature.mjs";

const LIMIT = 1 << 20;

export class Intake {
  #settings;
  #records;
  #flows;
  #worker;
  #server;

  constructor(settings, records, flows, worker) {
    this.#settings = settings;
    this.#records = records;
    this.#flows = flows;
    this.#worker = worker;
    this.#server = http.createServer((request, response) => {
      this.#serve(request)
        .catch((error) => ({ status: error.status ?? 500, body: { detail: error.message } }))
        .then(({ status, body }) => {
          const text = body === undefined ? "" : JSON.stringify(body);
          response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
          response.end(text);
        });
    });
    this.#server.keepAliveTimeout = 60_000;
  }

  listen() {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#settings.port, "127.0.0.1", resolve);
    });
  }

  /** No new connections; what is being answered is answered. */
  close() {
    this.#server.close();
    this.#server.closeIdleConnections();
  }

  async #serve(request) {
    const [path] = request.url.split("?");
    const route = ROUTES[`${request.method} ${path}`];
    if (!route) return { status: 404, body: { detail: "no such path" } };
    return this[route](request.headers, await bytesOf(request));
  }

  async health() {
    return { status: 200, body: { status: "ok" } };
  }

  /** 2xx takes responsibility, so it is given only when the fact is on the disk. */
  async event(headers, bytes) {
    if (!isGenuine(this.#settings.webhookSecret, headers, bytes)) return { status: 401, body: { detail: "signature or timestamp" } };
    const event = parsed(bytes);
    const flow = this.#flows.find((one) => one.source.events.includes(event.type));
    if (!flow) return { status: 204 }; // of a flow that is not ours
    const id = event.data?.[flow.source.named];
    if (typeof id !== "string" || id === "") return { status: 400, body: { detail: `data.${flow.source.named} cannot be read` } };
    await this.hear(flow, id, event.data.version);
    return { status: 204 };
  }

  /** Takes up a document, unless this version of it was heard of already. */
  async hear(flow, id, version) {
    const known = Number.isSafeInteger(version) ? version : undefined;
    const record = this.#records.byId.get(id);
    if (record && known !== undefined && known <= record.version) return;
    await this.#records.note({ fact: "heard", id, flow: flow.name, version: known });
    this.#worker.wake(id);
  }

  async parked() {
    return { status: 200, body: { items: this.#records.parked().map((record) => record.parked) } };
  }

  async redrive(headers, bytes) {
    const items = this.#retryable(bytes);
    if (items.length > 0) await this.#records.note(...items.map((record) => ({ fact: "redriven", id: record.id })));
    for (const record of items) this.#worker.wake(record.id);
    return { status: 202, body: { items: items.map((record) => ({ reference: record.id })) } };
  }

  async dryRun(headers, bytes) {
    return { status: 200, body: { items: this.#retryable(bytes).map((record) => ({ reference: record.id })) } };
  }

  async idle() {
    const pending = this.#records.pending().length;
    return { status: 200, body: { idle: pending === 0 && this.#worker.busy === 0, pending } };
  }

  /** The parked records that a redrive is about: those that are named, by id or by external_ref, or all. */
  #retryable(bytes) {
    const { references } = bytes.length > 0 ? parsed(bytes) : {};
    if (references !== undefined && !Array.isArray(references)) throw httpError(400, "references is no list");
    const named = references && new Set(references.map((one) => String(one).split("/")[0]));
    return this.#records.parked().filter((record) => record.parked.retryable && (!named || named.has(record.id)));
  }
}

const ROUTES = {
  "GET /health": "health", "POST /webhooks": "event", "GET /parked": "parked", "GET /idle": "idle",
  "POST /redrive": "redrive", "POST /redrive/dry-run": "dryRun",
};

function httpError(status, message) {
  return Object.assign(new Error(message), { status });
}

async function bytesOf(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > LIMIT) throw httpError(413, "too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parsed(bytes) {
  try {
    const value = JSON.parse(bytes.toString("utf8"));
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // told below
  }
  throw httpError(400, "not a JSON object");
}
