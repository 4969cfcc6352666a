// What must survive `kill -9`: an append-only file of facts, one JSON object a line. State is what the facts add up to (records.mjs), so
// start and work use the same function. Facts that arrive while a write is under way go into the next one: one fsync for all of them.

import { open, readFile, rename } from "node:fs/promises";
import path from "node:path";

export class Journal {
  #file;
  #queue = [];
  #flushing = null;

  /** Opens the journal in `folder`, hands every fact in it to `apply`, and begins a new file with what `snapshot()` says they add up to. */
  static async open(folder, apply, snapshot) {
    const name = path.join(folder, "journal.ndjson");
    for (const line of await lines(name)) apply(JSON.parse(line));
    const fresh = `${name}.new`;
    const file = await open(fresh, "w");
    for (const fact of snapshot()) await file.write(JSON.stringify(fact) + "\n");
    await file.sync();
    await file.close();
    await rename(fresh, name); // atomic: a crash leaves the old file or the new one
    const directory = await open(folder, "r");
    await directory.sync(); // the new name, too
    await directory.close();
    const journal = new Journal();
    journal.#file = await open(name, "a");
    return journal;
  }

  /** Resolves when these facts are on the disk. They are applied by the caller, before or after, never by us. */
  append(...facts) {
    return new Promise((resolve, reject) => {
      this.#queue.push({ text: facts.map((fact) => JSON.stringify(fact) + "\n").join(""), resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  async #flush() {
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0);
      try {
        await this.#file.appendFile(batch.map((entry) => entry.text).join(""));
        await this.#file.datasync();
        for (const entry of batch) entry.resolve();
      } catch (error) {
        for (const entry of batch) entry.reject(error);
      }
    }
    this.#flushing = null;
  }

  async close() {
    await this.#flushing;
    await this.#file.close();
  }
}

/** The whole lines of a journal. A crash may have cut the last one: nobody was promised anything about it. */
async function lines(name) {
  try {
    const text = await readFile(name, "utf8");
    return text.slice(0, text.lastIndexOf("\n") + 1).split("\n").filter(Boolean);
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}
