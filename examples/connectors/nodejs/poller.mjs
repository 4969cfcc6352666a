// Events get lost. The lists say what we were never told: one of each flow, from the last change that was saved.

import { setTimeout as pause } from "node:timers/promises";
import { text } from "./shape.mjs";

export class Poller {
  #settings;
  #client;
  #records;
  #intake;
  #stop = new AbortController();

  constructor(settings, client, records, intake) {
    this.#settings = settings;
    this.#client = client;
    this.#records = records;
    this.#intake = intake;
  }

  /** Reads the list of a flow again and again, until stopped. */
  async follow(flow) {
    while (!this.#stop.signal.aborted) {
      let wait = this.#settings.pollIntervalMs;
      try {
        await this.#read(flow);
      } catch (setback) {
        // Whatever it was: what was read of it is not kept, and the list is read again at the next interval, or when it may be.
        wait = Math.max(wait, (setback.notBefore ?? 0) - Date.now());
      }
      await pause(wait, undefined, { signal: this.#stop.signal }).catch(() => {});
    }
  }

  stop() {
    this.#stop.abort();
  }

  /** Pages are saved one by one, each with how far it goes: a change that comes while we read moves its document to the end. */
  async #read(flow) {
    const { folder, listed } = flow.source;
    const since = this.#records.since[folder];
    for (let cursor = null, first = true; first || cursor; first = false) {
      const query = new URLSearchParams({ status: listed, limit: "200", ...(since && { updatedSince: since }), ...(cursor && { cursor }) });
      const { body } = await this.#client.call("procurement", "GET", `/api/v1/${folder}?${query}`);
      if (!Array.isArray(body.items)) throw new Error("no items");
      const items = body.items.map((item) => ({ id: text(item, "id"), version: item.version, updatedAt: text(item, "updatedAt") }));
      for (const { id, version } of items) await this.#intake.hear(flow, id, version);
      const last = items.at(-1)?.updatedAt;
      if (last && last !== this.#records.since[folder]) await this.#records.note({ fact: "listed", list: folder, since: last });
      cursor = body.next_cursor || null;
    }
  }
}
