import { describe, expect, it } from "vitest";
import { shortcutTarget, windowsInstructions } from "../../src/service/windowsShortcut.js";

const node = "C:\\Program Files\\nodejs\\node.exe";
const script = "C:\\Users\\ada\\AppData\\Roaming\\npm\\node_modules\\codexcomp\\dist\\codexcompw.js";

describe("shortcutTarget", () => {
  it("starts codexcompw in a console that nobody sees", () => {
    expect(shortcutTarget({ node, script, args: ["run", "--port=8787"], variables: {} })).toBe(
      `conhost.exe --headless "${node}" ${script} run --port=8787`,
    );
  });

  // The rules of CommandLineToArgvW, by which node takes its command line apart.
  it.each([
    ["", '""'],
    ["a b", '"a b"'],
    ['say "hi"', '"say \\"hi\\""'],
    ['back\\"slash', '"back\\\\\\"slash"'],
    ["C:\\a b\\", '"C:\\a b\\\\"'],
    ["C:\\ab\\", "C:\\ab\\"],
    ["&|^%", '"&|^%"'],
  ])("quotes %j", (argument, quoted) => {
    expect(shortcutTarget({ node: "n", script: "s", args: [argument], variables: {} })).toBe(
      `conhost.exe --headless n s ${quoted}`,
    );
  });
});

describe("windowsInstructions", () => {
  it("names the folder, the line and the log", () => {
    const text = windowsInstructions({ node, script, args: ["run", "--port=8787"], variables: {} });
    expect(text).toContain("shell:startup");
    expect(text).toContain(`\nconhost.exe --headless "${node}" ${script} run --port=8787\n`);
    expect(text).toContain("%LOCALAPPDATA%\\codexcomp\\codexcomp.log");
    expect(text).not.toContain("setx");
  });

  it("has another way for a line too long for a shortcut", () => {
    const args = ["run", `--models=${"m".repeat(200)}`];
    expect(windowsInstructions({ node, script, args, variables: {} })).toContain("setx CODEXCOMP_PORT");
  });
});
