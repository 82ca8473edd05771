import { createHmac, randomBytes } from "node:crypto";

/** Other names of the same length, the same one every time, from which the real ones cannot be found out. */
export interface Pseudonyms {
  /** An id: its prefix (`resp_`, `rs_`, ...), dashes and underscores stay. */
  id(raw: string): string;
  /** A name: letters. */
  word(raw: string): string;
  /** Encrypted content: its length, the mark it begins with and its padding stay, which say how much was thought. */
  sealed(raw: string): string;
}

/** @param key whoever has it could try names out; by default nobody does */
export function pseudonyms(key: Uint8Array = randomBytes(32)): Pseudonyms {
  const digest = (text: string, length: number): string => {
    const hex = createHmac("sha256", key).update(text).digest("hex");
    return hex.repeat(Math.ceil(length / hex.length)).slice(0, length);
  };
  return {
    id: (raw) => {
      const [prefix = ""] = /^[a-z]{1,6}_/.exec(raw) ?? [];
      const rest = raw.slice(prefix.length);
      const other = digest(raw, rest.length);
      return prefix + rest.replace(/[^_-]/g, (_, at: number) => other[at] ?? "0");
    },
    word: (raw) =>
      digest(raw, raw.length).replace(/\d/g, (digit) => String.fromCharCode(103 + Number(digit))),
    sealed: (raw) => {
      const [, mark = "", inner = "", padding = ""] = /^(gAAAAA)?(.*?)(=*)$/s.exec(raw) ?? [];
      return mark + digest(raw, Math.min(inner.length, 32)).padEnd(inner.length, "x") + padding;
    },
  };
}
