import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { notesOf, versionOf } from "../../scripts/release.mjs";

const CHANGELOG = `# Changelog

## [Unreleased]

## [1.1.0] - 2027-01-02

### Fixed

- A thing.

## [1.0.0] - 2026-12-01

First.

[1.0.0]: https://example.com/1.0.0
`;

describe("release", () => {
  it("is of the version that the tag names", () => {
    expect(versionOf("v1.1.0", "1.1.0")).toBe("1.1.0");
    expect(() => versionOf("v1.1.1", "1.1.0")).toThrow("package.json says 1.1.0");
  });

  it("is of no version that is still to be tried", () => {
    expect(() => versionOf("v1.1.0-rc.1", "1.1.0-rc.1")).toThrow("not to be released");
  });

  it("has the notes of its own version, and no others", () => {
    expect(notesOf("1.1.0", CHANGELOG)).toBe("### Fixed\n\n- A thing.");
    expect(notesOf("1.0.0", CHANGELOG)).toBe("First.");
  });

  it("is refused without notes", () => {
    expect(() => notesOf("2.0.0", CHANGELOG)).toThrow("says nothing of 2.0.0");
    expect(() => notesOf("Unreleased", CHANGELOG)).toThrow("says nothing");
  });

  it("could be made of this version", () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(notesOf(version, readFileSync("CHANGELOG.md", "utf8"))).not.toBe("");
  });
});
