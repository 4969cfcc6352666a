// What we are given (docs/connector-contract.md, "What you are given"), and the few numbers that are our own.

const NEEDED = [
  "ERP_URL", "PROCUREMENT_URL", "SCREENING_URL", "OAUTH_TOKEN_URL", "CLIENT_ID", "CLIENT_SECRET", "WEBHOOK_SECRET", "PORT", "STATE_DIR", "MAPPINGS_DIR",
];

/** The settings of this start. The secret is read from the environment each time and kept nowhere else: a later start may bring another one. */
export function readSettings(env) {
  const missing = NEEDED.filter((name) => !env[name]);
  if (missing.length > 0) throw new Error(`missing in the environment: ${missing.join(", ")}`);
  const retryBaseMs = Number(env.RETRY_BASE_MS || 50);
  return {
    systems: { erp: env.ERP_URL, procurement: env.PROCUREMENT_URL, screening: env.SCREENING_URL },
    tokenUrl: env.OAUTH_TOKEN_URL,
    clientId: env.CLIENT_ID,
    clientSecret: env.CLIENT_SECRET,
    webhookSecret: env.WEBHOOK_SECRET,
    port: Number(env.PORT),
    stateDir: env.STATE_DIR,
    mappingsDir: env.MAPPINGS_DIR,
    pollIntervalMs: Number(env.POLL_INTERVAL_S || 1) * 1000,
    // ours: request_timeout_s, concurrency and gives_up_after of connector.toml must say the same
    requestTimeoutMs: 1500,
    slots: 16,
    attemptsUnknown: 10, // nobody knows what happened: a person has to look
    attemptsRefused: 40, // it certainly did not happen, and passes by itself: an outage, a throttle
    retryBaseMs,
    retryCapMs: retryBaseMs * 40,
    // How long a request that we gave up on may still be carried out. Until then we look for what it made.
    lateCommitMs: 5000,
  };
}

/** The pause before attempt number `failed` + 1: doubled each time, up to a cap, a little at random so that nobody marches in step. */
export function backoff(settings, failed) {
  const pause = Math.min(settings.retryBaseMs * 2 ** (failed - 1), settings.retryCapMs);
  return pause * (1 + 0.2 * Math.random());
}
