import { isKeptHeader } from "../keptHeaders.js";
import { filler } from "./filler.js";
import { rewriteJson, type Place } from "./rewriteJson.js";

/** Members that hold a credential wherever they stand: tools of the kind `mcp` have some, and error frames have headers. */
const NAMES =
  /^(proxy-)?authorization$|^(set-)?cookie$|^(x-)?api[-_]?key$|^(access|refresh|id|session|auth)[-_]?token$|^(client[-_])?secret$|^password$|^x-codex-turn-state$/i;

/** A URL's user name and password, in JSON text: Codex tells of the repository that it works in, by its remote's URL. */
const LOGIN = /(:(?:\\?\/){2})([^/\s"\\@]+)(?=@)/g;

/** Without one of these there is nothing to look for. */
const SUSPICIOUS =
  /authorization|cookie|api[-_]?key|token"|secret"|password"|turn-state|headers"|:\\?\/\\?\/[^/\s"\\@]+@/i;

/** True for a value that no recording may hold. */
export function isCredential(raw: string, { name, within }: Place): boolean {
  return NAMES.test(name) || (/headers$/i.test(within.at(-1) ?? "") && !isKeptHeader(name, raw));
}

/** The JSON text with its credentials replaced by filler. What is not JSON loses those of URLs. */
export function withoutCredentials(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  const rewritten = rewriteJson(text, {
    text: (raw, place) => (isCredential(raw, place) ? filler(raw) : withoutLogins(raw)),
  });
  return rewritten ?? withoutLogins(text);
}

function withoutLogins(text: string): string {
  return text.replace(LOGIN, (_, slashes: string, login: string) => slashes + filler(login));
}
