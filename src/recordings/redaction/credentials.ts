import { isKeptHeader } from "../keptHeaders.js";
import { filler } from "./filler.js";
import { rewriteJson, type Place } from "./rewriteJson.js";

/** Members that hold a credential wherever they stand: tools of the kind `mcp` have some, and error frames have headers. */
const NAMES =
  /^(proxy-)?authorization$|^(set-)?cookie$|^(x-)?api[-_]?key$|^(access|refresh|id|session|auth)[-_]?token$|^(client[-_])?secret$|^password$|^x-codex-turn-state$/i;

/** A URL with a user name or a password. */
const URL_WITH_LOGIN = /^[a-z][a-z\d+.-]*:\\?\/\\?\/[^/\s]*@/i;

/** Without one of these there is nothing to look for. */
const SUSPICIOUS =
  /authorization|cookie|api[-_]?key|token"|secret"|password"|turn-state|headers"|:\\?\/\\?\/[^/"\s]*@/i;

/** True for a text that no recording may hold. */
export function isCredential(raw: string, { name, within }: Place): boolean {
  if (NAMES.test(name) || URL_WITH_LOGIN.test(raw)) return true;
  return /headers$/i.test(within.at(-1) ?? "") && !isKeptHeader(name, raw);
}

/** The JSON text with its credentials replaced by filler. What is not JSON stays as it is. */
export function withoutCredentials(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return (
    rewriteJson(text, { text: (raw, place) => (isCredential(raw, place) ? filler(raw) : undefined) }) ?? text
  );
}
