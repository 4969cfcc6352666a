// Start, wiring, and an orderly end. README.md says what is where.

import { Client } from "./client.mjs";
import { Crosswalk } from "./crosswalk.mjs";
import { Intake } from "./intake.mjs";
import { invoices } from "./invoices.mjs";
import { Journal } from "./journal.mjs";
import { onboarding } from "./onboarding.mjs";
import { Pass } from "./pass.mjs";
import { Poller } from "./poller.mjs";
import { receipts } from "./receipts.mjs";
import { Records } from "./records.mjs";
import { readSettings } from "./settings.mjs";
import { Worker } from "./worker.mjs";

const FLOWS = [onboarding, receipts, invoices];

const settings = readSettings(process.env);
const records = new Records();
const journal = await Journal.open(settings.stateDir, (fact) => records.apply(fact), () => records.snapshot());
records.attach(journal);

const client = new Client(settings);
const shared = { client, records, crosswalk: new Crosswalk(settings.mappingsDir), settings, startedAt: Date.now(), sent: new Map() };
const byName = new Map(FLOWS.map((flow) => [flow.name, flow]));
const worker = new Worker(settings, records, (record, attempt) => new Pass(byName.get(record.flow), record, attempt, shared).run());
const intake = new Intake(settings, records, FLOWS, worker);
const poller = new Poller(settings, client, records, intake);

let stopping = false;
process.on("SIGTERM", async () => {
  if (stopping) return;
  stopping = true;
  intake.close();
  poller.stop();
  await worker.stop();
  await journal.close();
  client.close();
  process.exit(0);
});

await intake.listen(); // healthy from here on
for (const record of records.pending()) worker.wake(record.id); // what a former start left behind
for (const flow of FLOWS) poller.follow(flow);
