import { createHash } from "node:crypto";

/**
 * Ids in the backend's shape, the same for the same seed: all ids of one response share their first 18 digits, as in
 * recorded rounds.
 */
export interface Ids {
  /** The response's own id. */
  readonly response: string;
  /** An id such as `rs_...`, `msg_...`, `fc_...`, for the item at that output index. */
  item(prefix: string, outputIndex: number): string;
  /** A `call_id`. */
  call(outputIndex: number): string;
  /** Filler of the `obfuscation` fields. */
  filler(sequenceNumber: number, length: number): string;
}

export function idsFrom(seed: string): Ids {
  const family = digest(seed).slice(0, 18);
  return {
    response: `resp_${family}${digest(`${seed}/response`).slice(0, 32)}`,
    item: (prefix, outputIndex) => `${prefix}_${family}${digest(`${seed}/${outputIndex}`).slice(0, 32)}`,
    call: (outputIndex) => `call_${letters(`${seed}/call/${outputIndex}`).slice(0, 24)}`,
    filler: (sequenceNumber, length) => letters(`${seed}/filler/${sequenceNumber}`).slice(0, length),
  };
}

/** A short name for a value, equal for equal values. */
export function seedOf(value: unknown): string {
  return digest(JSON.stringify(value)).slice(0, 16);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function letters(text: string): string {
  return createHash("sha256").update(text).digest("base64").replace(/[+/=]/g, "");
}
