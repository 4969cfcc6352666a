// Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, the body as the bytes that came.

import { createHmac, timingSafeEqual } from "node:crypto";

const TOLERANCE_S = 300;

/** Whether these bytes come from somebody who knows the secret, and not long ago. While a secret is rotated there are several signatures. */
export function isGenuine(secret, headers, bytes, now = Date.now()) {
  const { "webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": signatures } = headers;
  if (!id || !signatures || !/^\d+$/.test(stamp ?? "") || Math.abs(now / 1000 - Number(stamp)) > TOLERANCE_S) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const wanted = createHmac("sha256", key).update(`${id}.${stamp}.`).update(bytes).digest();
  return signatures.split(" ").some((part) => {
    const [version, text] = part.split(",", 2);
    const given = Buffer.from(text ?? "", "base64");
    return version === "v1" && given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}
