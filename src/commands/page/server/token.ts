import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Long enough that nobody guesses it. */
const BYTES = 24;

/** Compares in a time that tells nothing. */
export function isToken(given: string | null, token: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given ?? ""), digest(token));
}

/** The token of the page's address, as it was made before. @returns `undefined` where there is none */
export async function readToken(stateFolder: string): Promise<string | undefined> {
  const text = await readFile(fileOf(stateFolder), "utf8").catch(() => "");
  return /^[\w-]{32,}$/.exec(text.trim())?.[0];
}

/**
 * The token of the page's address: made once, kept where only this user reads it, and in no log.
 *
 * @throws Error where it cannot be kept
 */
export async function keepToken(stateFolder: string): Promise<string> {
  const known = await readToken(stateFolder);
  if (known !== undefined) return known;
  const token = randomBytes(BYTES).toString("base64url");
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  await writeFile(fileOf(stateFolder), `${token}\n`, { mode: 0o600 });
  return token;
}

function fileOf(stateFolder: string): string {
  return join(stateFolder, "page-token");
}
