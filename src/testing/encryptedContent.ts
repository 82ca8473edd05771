import { createCipheriv, createDecipheriv, createHash, createHmac, timingSafeEqual } from "node:crypto";
import { parseJsonObject } from "../protocol/event.js";

/**
 * Encrypted reasoning as the simulated upstream issues it: a Fernet token (version 0x80, 8 bytes of time, 16 of IV,
 * AES-128-CBC, HMAC-SHA256), which is the shape of the real one (`gAAAAA...`, 57 + 16k bytes). The key belongs to
 * the account, so that a token of another account, or a tampered one, does not open.
 */

/** What a token stands for. */
export interface Thought {
  /** Reasoning tokens it holds. */
  readonly tokens: number;
  /** True for the early token of an `output_item.added`, which is not the one to replay. */
  readonly partial?: boolean;
  /** Of a compaction: how far the conversation had come. */
  readonly steps?: number;
}

/** Whose thought it is, and how large it looks. */
export interface SealOptions {
  /** The account that may replay it. */
  readonly account: string;
  /** Makes tokens of equal thoughts differ. */
  readonly seed: string;
  /** Unix seconds. */
  readonly at: number;
  /** Decoded size; rounded up to 57 + 16k. Default: {@link sizeOfThought}. */
  readonly bytes?: number | undefined;
}

const OVERHEAD = 57;
const BLOCK = 16;
const SIGNATURE = 32;
const HEADER = 9;

/**
 * The usual size of a reasoning item's decoded `encrypted_content`: about 684 bytes + 4.2 to 5.6 a token, never below
 * 713 (472 public responses).
 */
export function sizeOfThought(tokens: number): number {
  return Math.max(713, inBlocks(684 + 4.5 * tokens));
}

/** @returns the token, as base64url with its padding, as the backend writes it */
export function sealThought(thought: Thought, { account, seed, at, bytes }: SealOptions): string {
  const size = inBlocks(bytes ?? (thought.partial ? 697 : sizeOfThought(thought.tokens)));
  const content = JSON.stringify({ ...thought, seed });
  const keys = keysOf(account);
  const iv = createHash("md5").update(`${seed}/${content}`).digest();
  const cipher = createCipheriv("aes-128-cbc", keys.encryption, iv);
  // one byte less than whole blocks: the CBC padding fills the last one
  const padded = content.padEnd(size - OVERHEAD - 1);
  const header = Buffer.alloc(HEADER);
  header.writeUInt8(0x80, 0);
  header.writeBigUInt64BE(BigInt(at), 1);
  const signed = Buffer.concat([header, iv, cipher.update(padded), cipher.final()]);
  const text = Buffer.concat([signed, sign(signed, keys.signing)]).toString("base64url");
  return text.padEnd(Math.ceil(text.length / 4) * 4, "=");
}

/** Opens a token. @returns `undefined` when it was tampered with, or belongs to another account */
export function openThought(text: string, account: string): Thought | undefined {
  const bytes = Buffer.from(text, "base64url");
  if (bytes.length < OVERHEAD + BLOCK || bytes[0] !== 0x80) return undefined;
  const keys = keysOf(account);
  const signed = bytes.subarray(0, -SIGNATURE);
  if (!timingSafeEqual(sign(signed, keys.signing), bytes.subarray(-SIGNATURE))) return undefined;
  const iv = signed.subarray(HEADER, HEADER + BLOCK);
  const decipher = createDecipheriv("aes-128-cbc", keys.encryption, iv);
  const content = Buffer.concat([decipher.update(signed.subarray(HEADER + BLOCK)), decipher.final()]);
  const { seed: _seed, ...thought } = parseJsonObject(content.toString()) ?? {};
  return typeof thought["tokens"] === "number" ? (thought as unknown as Thought) : undefined;
}

function inBlocks(bytes: number): number {
  const blocks = Math.ceil((bytes - OVERHEAD) / BLOCK);
  return OVERHEAD + BLOCK * Math.max(blocks, 6); // 6: room for what is sealed
}

function keysOf(account: string): { signing: Buffer; encryption: Buffer } {
  const key = createHash("sha256").update(`simulated upstream/${account}`).digest();
  return { signing: key.subarray(0, 16), encryption: key.subarray(16) };
}

function sign(bytes: Buffer, key: Buffer): Buffer {
  return createHmac("sha256", key).update(bytes).digest();
}
