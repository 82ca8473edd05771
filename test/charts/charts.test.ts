import { describe, expect, test } from "vitest";
import { bars, columns, dataTable, histogram, lines } from "../../src/charts/index.js";
import { selfContainedPage } from "../../src/charts/selfContainedPage.js";
import { linear, ticks } from "../../src/charts/scale.js";

const text = { id: "c", title: "Reasoning tokens", description: "Spikes at the tiers." };

/** The values of an attribute in all elements of a class. */
function attributes(svg: string, kind: string, attribute: string): number[] {
  const elements = svg.match(new RegExp(`<\\w+ class="[^"]*\\b${kind}\\b[^"]*"[^>]*>`, "g")) ?? [];
  return elements.map((found) => Number(new RegExp(` ${attribute}="([^"]*)"`).exec(found)?.[1]));
}

describe("scales", () => {
  test.each([
    [0, [0, 1]],
    [1, [0, 0.5, 1]],
    [7, [0, 2, 4, 6, 8]],
    [100, [0, 50, 100]],
    [1234, [0, 500, 1000, 1500]],
  ])("the axis for %s has round steps", (most, expected) => {
    expect(ticks(most)).toEqual(expected);
  });

  test("a domain without width draws nothing outside of the picture", () => {
    expect(linear([5, 5], [10, 20])(5)).toBe(10);
  });
});

describe("the histogram", () => {
  const axes = { xTitle: "tokens", yTitle: "responses" };
  const draw = (counts: [number, number][], more: object = {}) =>
    histogram({ ...text, ...axes, marked: [516, 1034], counts, ...more });

  test("a marked value has a bar of its own, apart from its neighbours", () => {
    const svg = draw([
      [515, 2],
      [516, 10],
      [517, 3],
    ]);

    const heights = attributes(svg, "tone-bad", "height");
    const [neighbours = 0] = attributes(svg, "tone-plain", "height");
    expect(heights).toHaveLength(1);
    expect(heights[0]).toBeCloseTo(2 * neighbours, 1);
    expect(svg).toContain("<title>516: 10</title>");
  });

  test("values past the end are not drawn, marks past it neither", () => {
    const svg = draw([[2000, 5]], { end: 600 });

    expect(svg).not.toContain("chart-bar");
    expect(attributes(svg, "chart-mark", "x1")).toHaveLength(1);
  });

  test("one of thousands can still be seen", () => {
    const svg = draw([
      [10, 100_000],
      [516, 1],
    ]);

    expect(attributes(svg, "tone-bad", "height")[0]).toBeGreaterThan(1);
  });

  test("without any count there is an empty picture", () => {
    expect(draw([])).toMatch(/^<svg .*<\/svg>$/s);
    expect(draw([])).not.toContain("NaN");
  });
});

describe("bars", () => {
  test("are as long as their values, with whiskers for an interval", () => {
    const svg = bars({
      ...text,
      bars: [
        { label: "a", value: 1, tone: "good" },
        { label: "b", value: 2, tone: "good", interval: [1, 3] },
        { label: "c", value: 0, tone: "good" },
      ],
    });

    const [a = 0, b] = attributes(svg, "tone-good", "width");
    expect(attributes(svg, "tone-good", "width")).toHaveLength(2);
    expect(b).toBeCloseTo(2 * a, 1);
    const [left = 0] = attributes(svg, "chart-whisker", "x1");
    const [right = 0] = attributes(svg, "chart-whisker", "x2");
    expect(right - left).toBeCloseTo(2 * a, 1);
  });
});

test("a bar's label stands above it where there is no room beside it", () => {
  const long = "continuation failed: first answer released";
  const starts = (width: number) => {
    const svg = bars({ ...text, width, bars: [{ label: long, value: 1, tone: "good" }] });
    const [, attributesOfLabel = ""] = new RegExp(`<text([^>]*)>${long}`).exec(svg) ?? [];
    return { label: attributesOfLabel, bar: attributes(svg, "tone-good", "x")[0] };
  };

  expect(starts(300)).toEqual({ label: expect.stringMatching(/ x="6" .*(start|anchor-start)/), bar: 2 });
  expect(starts(1000).bar).toBeGreaterThan(300);
});

test("a column's parts stand on each other", () => {
  const parts = [
    { value: 3, tone: "good" },
    { value: 1, tone: "bad" },
  ] as const;
  const svg = columns({ ...text, yTitle: "turns", columns: [{ label: "Mon", parts, text: "Mon: 4" }] });

  const [low = 0] = attributes(svg, "tone-good", "y");
  const [high = 0] = attributes(svg, "tone-bad", "y");
  expect(high + (attributes(svg, "tone-bad", "height")[0] ?? 0)).toBeCloseTo(low, 1);
});

test("lines end where their last value is, and are named there", () => {
  const points = [
    [0, 0],
    [1, 10],
  ] as const;
  const svg = lines({
    ...text,
    xTitle: "t",
    yTitle: "ms",
    series: [{ name: "p99", tone: "accent", points }],
  });

  const [start, end] = attributes(svg, "chart-dot", "cy");
  expect(end).toBeLessThan(start ?? 0);
  expect(svg).toContain(">p99</text>");
});

describe("every chart", () => {
  const evil = `<script>alert("1 & 2")</script>`;
  const said = { ...text, title: evil, description: evil };
  const all: [string, string][] = [
    ["histogram", histogram({ ...said, counts: [[516, 1]], marked: [516], xTitle: evil, yTitle: evil })],
    ["bars", bars({ ...said, bars: [{ label: evil, value: 1, text: evil }] })],
    [
      "columns",
      columns({
        ...said,
        yTitle: evil,
        columns: [{ label: evil, text: evil, parts: [{ value: 1, tone: "good" }] }],
      }),
    ],
    [
      "lines",
      lines({
        ...said,
        xTitle: evil,
        yTitle: evil,
        series: [{ name: evil, tone: "plain", points: [[0, 1]] }],
      }),
    ],
    ["table", dataTable({ caption: evil, columns: [{ title: evil }], rows: [[evil]] })],
  ];

  test.each(all)("%s: text stays text", (_, markup) => {
    expect(markup).not.toContain("<script");
    expect(markup).toContain("&lt;script&gt;");
  });

  test.each(all.slice(0, -1))("%s: tells a screen reader what it shows", (_, svg) => {
    expect(svg).toMatch(/^<svg class="chart" role="img" [^>]*aria-labelledby="c-title c-desc"/);
    expect(svg).toContain('<title id="c-title">');
    expect(svg).toContain('<desc id="c-desc">');
  });

  test.each(all)("%s: needs no inline style, which a strict policy forbids", (_, markup) => {
    expect(markup).not.toMatch(/ style=| on\w+=/);
  });
});

describe("the page of charts", () => {
  const page = selfContainedPage({
    title: "Report <1>",
    subtitle: "of today",
    sections: [
      {
        title: "One",
        text: ["a & b"],
        figures: [["7", "turns"]],
        charts: [bars({ ...text, bars: [{ label: "x", value: 1 }] })],
      },
    ],
    footer: "codexcomp",
  });

  test("asks for nothing and forbids itself to", () => {
    expect(page).toContain("default-src &#39;none&#39;");
    expect(page).not.toMatch(/<script|<link|<img|url\(|@import|https?:/);
  });

  test("allows its own style by the hash of it", async () => {
    const { createHash } = await import("node:crypto");
    const [, style = ""] = /<style>([^]*?)<\/style>/.exec(page) ?? [];
    const [, hash] = /style-src &#39;sha256-([^&]*)&#39;/.exec(page) ?? [];

    expect(createHash("sha256").update(style).digest("base64")).toBe(hash);
  });

  test("keeps text text, and charts charts", () => {
    expect(page).toContain("<h1>Report &lt;1&gt;</h1>");
    expect(page).toContain("<p>a &amp; b</p>");
    expect(page).toContain('<figure><svg class="chart"');
  });
});
