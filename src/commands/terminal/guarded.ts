import { StringDecoder } from "node:string_decoder";
import type { Output } from "../command.js";

/** What styles are made of (SGR), and how lines end on Windows: these may pass. */
const HARMLESS = String.raw`\u001b\[[\d;]*m|\r\n`;
/** What controls a terminal, or turns text around. */
const STEERING = String.raw`[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]`;
const EITHER = new RegExp(`(${HARMLESS})|${STEERING}`, "gu");

const unguarded = new WeakMap<Output, Output>();

/**
 * The one way to a terminal: every command gets its streams like this. What is written can be coloured, and cannot move
 * the cursor, set titles or fill the clipboard, whoever wrote it. That a text of somebody else's keeps to its line and its
 * colour is for `printable` to see to.
 */
export function guarded(output: Output): Output {
  const decoder = new StringDecoder("utf8");
  const write = (chunk: string | Uint8Array, ...rest: never[]): boolean => {
    const text = typeof chunk === "string" ? chunk : decoder.write(Buffer.from(chunk));
    return output.write(
      text.replace(EITHER, (_all, ours?: string) => ours ?? "?"),
      ...rest,
    );
  };
  const proxy = new Proxy(output, {
    get(target, key) {
      if (key === "write") return write;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  unguarded.set(proxy, output);
  return proxy;
}

/** For what draws over itself, and writes nothing but its own: the stream that cursor movements get through to. */
export function drawingOn(output: Output): Output {
  return unguarded.get(output) ?? output;
}
