import { describe, expect, it } from "vitest";
import { bounded } from "../../src/metrics/bounded.js";
import { counter, histogram } from "../../src/metrics/tally.js";

describe("a counter", () => {
  it("adds up by labels", () => {
    const turns = counter();
    turns.add({ model: "a" }, 1);
    turns.add({ model: "b" }, 2);
    turns.add({ model: "a" }, 3);
    expect(turns.samples()).toEqual([
      { labels: { model: "a" }, value: 4 },
      { labels: { model: "b" }, value: 2 },
    ]);
  });
});

describe("a histogram", () => {
  it("counts every value in all buckets that it fits in, the bound among them", () => {
    const seconds = histogram([1, 10]);
    for (const value of [0, 1, 1.5, 10, 11]) seconds.add({ model: "a" }, value);
    const of = (suffix: string) => seconds.samples().filter((sample) => sample.suffix === suffix);
    expect(of("_bucket").map(({ labels, value }) => [labels["le"], value])).toEqual([
      ["1", 2],
      ["10", 4],
      ["+Inf", 5],
    ]);
    expect(of("_bucket")[0]?.labels).toEqual({ model: "a", le: "1" });
    expect([...of("_sum"), ...of("_count")].map(({ value }) => value)).toEqual([23.5, 5]);
  });
});

describe("names beyond the limit", () => {
  it("are other; those before it stay what they are", () => {
    const nameOf = bounded(2);
    expect(["a", "b", "c", "d", "a", "b"].map(nameOf)).toEqual(["a", "b", "other", "other", "a", "b"]);
  });
});
