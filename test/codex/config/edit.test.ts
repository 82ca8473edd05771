import fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { InvalidConfig } from "../../../src/codex/config/config.js";
import { pointAt, pointBack } from "../../../src/codex/config/edit.js";

const URL = "http://127.0.0.1:8787/v1";
const LINE = `openai_base_url = "${URL}"`;

const wiredText = (text: string) => pointAt(text, URL).text;

describe("pointAt", () => {
  it.each([
    ["an empty file", "", `${LINE}\n`],
    ["only a byte order mark", "\uFEFF", `\uFEFF${LINE}\n`],
    ["only comments", "# a\n# b\n", `# a\n# b\n${LINE}\n`],
    ["no final line break", `model = "m"`, `model = "m"\n${LINE}`],
    ["keys, then tables", `model = "m"\n\n[t]\na = 1\n`, `model = "m"\n${LINE}\n\n[t]\na = 1\n`],
    ["only tables", "[t]\na = 1\n", `${LINE}\n[t]\na = 1\n`],
    ["a table with a comment above it", "# head\n\n# about t\n[t]\n", `# head\n\n${LINE}\n# about t\n[t]\n`],
    ["a comment that heads the file", "#:schema x.json\n[t]\n", `#:schema x.json\n${LINE}\n[t]\n`],
    ["line breaks of Windows", "a = 1\r\n[t]\r\n", `a = 1\r\n${LINE}\r\n[t]\r\n`],
    ["Windows without a final line break", "a = 1\r\nb = 2", `a = 1\r\nb = 2\r\n${LINE}`],
    ["tables in a string", `i = """\n[t]\n"""\n[u]\n`, `i = """\n[t]\n"""\n${LINE}\n[u]\n`],
    ["the line commented out", `# ${LINE}\na = 1\n`, `# ${LINE}\na = 1\n${LINE}\n`],
    ["the same key in a table", `[t]\nopenai_base_url = "x"\n`, `${LINE}\n[t]\nopenai_base_url = "x"\n`],
    ["a value of its own", `openai_base_url = 'x' # mine\n`, `openai_base_url = "${URL}" # mine\n`],
    ["a quoted key", `  "openai_base_url"="x"\n[t]\n`, `  "openai_base_url"="${URL}"\n[t]\n`],
    ["a value over lines", `openai_base_url = """\nx"""\nb = 1\n`, `${LINE}\nb = 1\n`],
    ["another provider", `model_provider = "mine" # x\n`, `model_provider = "openai" # x\n${LINE}\n`],
    ["the built-in provider", `model_provider = "openai"\n`, `model_provider = "openai"\n${LINE}\n`],
    ["integers of 64 bits", "a = 9223372036854775807\n", `a = 9223372036854775807\n${LINE}\n`],
  ])("edits %s", (_name, before, after) => {
    expect(wiredText(before)).toBe(after);
    expect(pointBack(after, pointAt(before, URL).wired)).toEqual({ text: before, changedSince: [] });
  });

  it("changes nothing the second time", () => {
    expect(pointAt(wiredText(`model_provider = "mine"\n`), URL).wired).toEqual([]);
  });

  it.each([
    ["a = 1\nb = = 2\n", 2],
    ["a = 1\na = 2\n", 2],
    ["[t\n", 1],
    [`a = "x\n`, 1],
  ])("names the line of what is not TOML: %j", (text, line) => {
    expect(() => pointAt(text, URL)).toThrowError(expect.objectContaining({ name: "InvalidConfig", line }));
  });

  it("says nothing of the invalid line itself", () => {
    try {
      pointAt(`token = "sk-secret\n`, URL);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidConfig);
      expect((error as Error).message).not.toContain("secret");
    }
  });
});

describe("pointBack", () => {
  const before = `a = 1\nopenai_base_url = 'old' # mine\nmodel_provider = "mine"\n[t]\n`;
  const { text, wired } = pointAt(before, URL);

  it("leaves what has been changed since, and takes back the rest", () => {
    const edited = text.replace(URL, "http://elsewhere").replace("a = 1", "a = 2");
    expect(pointBack(edited, wired)).toEqual({
      text: `a = 2\nopenai_base_url = "http://elsewhere" # mine\nmodel_provider = "mine"\n[t]\n`,
      changedSince: ["openai_base_url"],
    });
  });

  it("keeps what has been added since", () => {
    const added = wiredText("a = 1") + "\nb = 2\n[t]\nc = 3\n";
    expect(pointBack(added, pointAt("a = 1", URL).wired).text).toBe("a = 1\nb = 2\n[t]\nc = 3\n");
  });

  it("finds its line after a formatter has been at it", () => {
    const formatted = `openai_base_url="${URL}" # proxy\na=1\n`;
    expect(pointBack(formatted, pointAt("a = 1\n", URL).wired).text).toBe("a=1\n");
  });
});

// Pieces of TOML that look like something else, put together at random.
const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/);
const hostile = fc.constantFrom(
  "[t]",
  "openai_base_url = 1",
  "# x",
  "=",
  "a\\\\",
  "é",
  "{",
  "]",
  "''",
  `\\"`,
  "\t",
);
const basic = fc.array(hostile).map((parts) => parts.join(" "));
const literal = basic.map((text) => text.replaceAll("'", "").replaceAll("\t", " "));
const value = (eol: string): fc.Arbitrary<string> => {
  const scalar = fc.oneof(
    fc.integer().map(String),
    fc.constantFrom(
      "true",
      "1.5e3",
      "inf",
      "1979-05-27T07:32:00Z",
      "1979-05-27 07:32:00",
      "07:32:00",
      "0xFF",
      `""`,
      "''",
    ),
    basic.map((text) => `"${text}"`),
    literal.map((text) => `'${text}'`),
    fc.array(basic, { maxLength: 4 }).map((lines) => `"""${eol}${lines.join(eol)}"""`),
    fc.array(literal, { maxLength: 4 }).map((lines) => `'''${lines.join(eol)}'''`),
  );
  return fc.oneof(
    scalar,
    fc
      .array(scalar, { maxLength: 4 })
      .map((all) => `[${eol}${all.map((each) => `  ${each}, # ]${eol}`).join("")}]`),
    fc
      .array(scalar, { maxLength: 3 })
      .map((all) => `{ ${all.map((each, i) => `k${i} = ${each}`).join(", ")} }`),
  );
};
const space = fc.constantFrom("", " ", "\t", "   ");
const comment = basic.map((text) => `# ${text}`);

interface Own {
  readonly base: string | null;
  readonly provider: string | null;
}

interface Document {
  readonly own: Own;
  /** The text with these values at the two keys; `null` leaves the key out. */
  readonly write: (own: Own) => string;
}

const document: fc.Arbitrary<Document> = fc
  .record({
    eol: fc.constantFrom("\n", "\r\n"),
    bom: fc.constantFrom("", "\uFEFF"),
    hasLastBreak: fc.boolean(),
    base: fc.option(fc.constantFrom(`"http://old/v1"`, `'x'`, `"""y"""`, `"${URL}"`)),
    provider: fc.option(fc.constantFrom(`'mine'`, `"openai"`, `"ollama"`)),
    at: fc.nat(8),
  })
  .chain(({ eol, bom, hasLastBreak, base, provider, at }) => {
    const key = fc.oneof(
      word.map((name) => `k_${name}`),
      basic.map((text) => `"q ${text}"`),
      literal.map((text) => `'l ${text}'`),
    );
    const keyLine = fc
      .tuple(space, key, space, value(eol), fc.option(comment))
      .map(([a, name, b, v, note]) => `${a}${name}${b}=${b}${v}${note === null ? "" : ` ${note}`}`);
    const lines = fc.array(fc.oneof(keyLine, space, comment), { maxLength: 6 });
    const table = fc.tuple(space, word, lines).map(([a, name, all]) => [`${a}[t.${name}] # [x]`, ...all]);
    return fc.tuple(lines, fc.array(table, { maxLength: 3 })).map(([top, tables]) => ({
      own: { base, provider },
      write: (own: Own) => {
        const mine = [
          ...(own.base === null ? [] : [`openai_base_url = ${own.base} # b`]),
          ...(own.provider === null ? [] : [`"model_provider"=${own.provider}`]),
        ];
        const all = [...top.slice(0, at), ...mine, ...top.slice(at), ...tables.flat()];
        return bom + all.join(eol) + (hasLastBreak ? eol : "");
      },
    }));
  })
  .filter(({ write, own }) => isToml(write(own)));

describe("any config", () => {
  it("keeps every byte outside its values, and comes back to the very same bytes", () => {
    fc.assert(
      fc.property(document, ({ own, write }) => {
        const before = write(own);
        const eol = eolOf(before);
        const { text: after, wired } = pointAt(before, URL);

        expect(parse(after, { integersAsBigInt: true })["openai_base_url"]).toBe(URL);
        const replaced = write({
          base: own.base && `"${URL}"`,
          provider: own.provider && `"openai"`,
        });
        if (own.base === null) expect(withLine(replaced, eol)).toContain(after);
        else expect(after).toBe(replaced);

        expect(pointAt(after, URL).wired).toEqual([]);
        expect(pointBack(after, wired)).toEqual({ text: before, changedSince: [] });
      }),
      { numRuns: 1000 },
    );
  });

  it("takes out only its own line when others have been added since", () => {
    fc.assert(
      fc.property(document, ({ own, write }) => {
        const before = write(own);
        const eol = eolOf(before);
        const { text: after, wired } = pointAt(before, URL);
        const later = `[later]${eol}x = 1${eol}`;
        const ending = /(^\uFEFF?|\n)$/.test(after) ? "" : eol;
        const restored = pointBack(after + ending + later, wired).text;
        // The file's last line may have got its line break only now.
        expect([before + later, before + eol + later]).toContain(restored);
      }),
      { numRuns: 300 },
    );
  });

  const folder = fileURLToPath(new globalThis.URL("../../fixtures/codex-config/", import.meta.url));
  const variants: readonly (readonly [string, (text: string) => string])[] = [
    ["as it is", (text) => text],
    ["with line breaks of Windows", (text) => text.replaceAll("\n", "\r\n")],
    ["with a byte order mark", (text) => `\uFEFF${text}`],
    ["without a final line break", (text) => text.trimEnd()],
  ];
  const files = readdirSync(folder).flatMap((name) =>
    variants.map(([how, make]) => [name, how, make] as const),
  );
  it.each(files)("keeps every byte of %s %s", (name, _how, make) => {
    const text = make(readFileSync(join(folder, name), "utf8"));
    const { text: after, wired } = pointAt(text, URL);
    expect(withLine(text, eolOf(text))).toContain(after);
    expect(pointBack(after, wired).text).toBe(text);
  });
});

function eolOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? "\n";
}

/** The text with the line put in, at each place where a line can start or the text ends. */
function withLine(text: string, eol: string): string[] {
  const lines = text.split("\n");
  const starts = lines.map((_, index) => lines.slice(0, index).join("\n").length + (index === 0 ? 0 : 1));
  const at = [...starts, ...(text.startsWith("\uFEFF") ? [1] : [])];
  return [...at.map((start) => text.slice(0, start) + LINE + eol + text.slice(start)), text + eol + LINE];
}

function isToml(text: string): boolean {
  try {
    parse(text, { integersAsBigInt: true });
    return true;
  } catch {
    return false;
  }
}
