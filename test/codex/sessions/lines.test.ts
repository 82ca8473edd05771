import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineFilter } from "../../../src/codex/sessions/lines.js";

function filtered(chunks: readonly Uint8Array[], wanted: (head: string) => boolean): string[] {
  const lines: string[] = [];
  const filter = lineFilter(wanted, (line) => lines.push(line));
  for (const chunk of chunks) {
    filter.push(chunk);
    // A decoder may write over what it handed out.
    chunk.fill(0);
  }
  filter.end();
  return lines;
}

describe("lineFilter", () => {
  it("finds the wanted lines wherever the text is cut", () => {
    const line = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 20 }).map((text) => text.replaceAll("\n", "")),
      fc.integer({ min: 250, max: 600 }).map((length) => `+${"é".repeat(length)}`),
      fc.integer({ min: 250, max: 600 }).map((length) => `-${"-".repeat(length)}`),
    );
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat()), fc.boolean(), (lines, cuts, lastEnds) => {
        const text = Buffer.from(lines.join("\n") + (lastEnds ? "\n" : ""));
        const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].sort((a, b) => a - b);
        const chunks = places
          .slice(1)
          .map((end, index) => Uint8Array.from(text.subarray(places[index], end)));
        const wanted = (head: string) => head.startsWith("+") || head.length < 40;
        expect(filtered(chunks, wanted)).toEqual(
          lines.filter((each) => each !== "" && (each.startsWith("+") || Buffer.byteLength(each) < 40)),
        );
      }),
    );
  });

  it("passes over a line too long to be of interest, and finds the next", () => {
    const chunks = ["+", "x".repeat(5e6), "x".repeat(5e6), "\n+yes\n"].map((text) =>
      Uint8Array.from(Buffer.from(text)),
    );
    expect(filtered(chunks, () => true)).toEqual(["+yes"]);
  });
});
