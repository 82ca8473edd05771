import { describe, expect, it } from "vitest";
import type { Finding } from "../../../src/commands/doctor/finding.js";
import { asJson, asText } from "../../../src/commands/doctor/render.js";
import { memoryOutput } from "../capture.js";

const findings: Finding[] = [
  { id: "a", status: "ok", title: "One", detail: "fine" },
  {
    id: "b",
    status: "fail",
    title: "Two and more",
    detail: "broken because of something long",
    fix: "mend --it",
  },
  { id: "c", status: "warn", title: "Three", detail: "odd" },
  { id: "d", status: "skipped", title: "Four", detail: "offline" },
];

describe("asText", () => {
  it("lines up what was found, and gives the command below it", () => {
    expect(asText(findings, memoryOutput(), {})).toBe(`✔ One           fine
✘ Two and more  broken because of something long
                → mend --it
! Three         odd
- Four          not checked: offline

1 problem, 1 warning, 1 not checked
`);
  });

  it("has colours on a terminal only, and never with NO_COLOR", () => {
    expect(asText(findings, memoryOutput(80), {})).toContain("\u001b[");
    expect(asText(findings, memoryOutput(80), { NO_COLOR: "1" })).not.toContain("\u001b[");
  });

  it("breaks long findings and no commands", () => {
    const long = `do ${"x".repeat(60)}`;
    const lines = asText([{ ...(findings[1] as Finding), fix: long }], memoryOutput(40), {}).split("\n");
    expect(lines.some((line) => line.includes(long))).toBe(true);
    expect(lines.filter((line) => line.length > 50)).toHaveLength(1);
  });

  it("says so when nothing is wrong", () => {
    expect(asText(findings.slice(0, 1), memoryOutput(), {})).toContain(
      "Everything that was checked is in order",
    );
  });
});

describe("asJson", () => {
  it("is not ok as soon as one check failed", () => {
    expect(JSON.parse(asJson(findings))).toMatchObject({ ok: false, checks: findings });
    expect(JSON.parse(asJson(findings.slice(2)))).toMatchObject({ ok: true });
  });
});
