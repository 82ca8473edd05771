import { describe, expect, it } from "vitest";
import {
  carriedVariables,
  hasCredentials,
  pathWarnings,
  portIn,
  stableNode,
  stopSeconds,
} from "../../src/service/launch.js";

describe("pathWarnings", () => {
  const script = "/usr/lib/node_modules/codexcomp/dist/cli.js";

  it.each([
    ["nvm", "/home/ada/.nvm/versions/node/v22.1.0/bin/node"],
    ["nvm", "C:\\Users\\ada\\AppData\\Roaming\\nvm\\v22.1.0\\node.exe"],
    ["volta", "/home/ada/.volta/tools/image/node/22.1.0/bin/node"],
    ["fnm", "/home/ada/.local/share/fnm/node-versions/v22.1.0/installation/bin/node"],
    ["fnm", "/run/user/1000/fnm_multishells/4711_1700000000/bin/node"],
    ["asdf", "/home/ada/.asdf/installs/nodejs/22.1.0/bin/node"],
    ["mise", "/home/ada/.local/share/mise/installs/node/22.1.0/bin/node"],
    ["Nix", "/nix/store/abc123-nodejs-22.1.0/bin/node"],
  ])("knows a Node of %s: %s", (manager, node) => {
    const [warning, ...more] = pathWarnings({ node, script });
    expect(more).toEqual([]);
    expect(warning).toContain(manager);
    expect(warning).toContain("codexcomp install-service");
  });

  it.each([
    "/usr/bin/node",
    "/opt/homebrew/opt/node@22/bin/node",
    "C:\\Program Files\\nodejs\\node.exe",
    "/usr/local/bin/node",
  ])("has nothing to say about %s", (node) => {
    expect(pathWarnings({ node, script })).toEqual([]);
  });

  it("warns of a cache that may be emptied", () => {
    const npx = "/home/ada/.npm/_npx/1a2b/node_modules/codexcomp/dist/cli.js";
    expect(pathWarnings({ node: "/usr/bin/node", script: npx })).toEqual([
      expect.stringContaining("npm install -g"),
    ]);
  });
});

describe("stableNode", () => {
  it.each([
    ["/opt/homebrew/Cellar/node@22/22.1.0_1/bin/node", "/opt/homebrew/opt/node@22/bin/node"],
    ["/snap/node/9001/bin/node", "/snap/node/current/bin/node"],
    ["/usr/bin/node", "/usr/bin/node"],
  ])("%s", (path, stable) => {
    expect(stableNode(path, (each) => each === stable)).toBe(stable);
  });

  it("keeps the path where the link is not there", () => {
    const path = "/opt/homebrew/Cellar/node/22.1.0/bin/node";
    expect(stableNode(path, () => false)).toBe(path);
  });
});

describe("carriedVariables", () => {
  it("takes the way out of the network along, and nothing else", () => {
    const env = {
      HTTPS_PROXY: "http://proxy:3128",
      no_proxy: "x",
      OPENAI_API_KEY: "sk-secret",
      SSL_CERT_FILE: "",
    };
    expect(carriedVariables(env)).toEqual({
      variables: { HTTPS_PROXY: "http://proxy:3128", no_proxy: "x" },
      secret: [],
    });
  });

  it("leaves passwords behind, and says where", () => {
    const env = { https_proxy: "me:pa/ss@proxy:3128", NODE_EXTRA_CA_CERTS: "/home/me@work/ca.pem" };
    expect(carriedVariables(env)).toEqual({
      variables: { NODE_EXTRA_CA_CERTS: "/home/me@work/ca.pem" },
      secret: ["https_proxy"],
    });
  });
});

describe("hasCredentials", () => {
  it.each([
    ["http://me:pass@proxy", true],
    ["socks5h://me@proxy:1080", true],
    ["me:pa/ss@proxy:3128", true],
    ["http://proxy:3128", false],
    ["none", false],
  ])("%s: %s", (text, expected) => {
    expect(hasCredentials(text)).toBe(expected);
  });
});

describe("stopSeconds", () => {
  it.each([
    [[], 10],
    [["run", "--drain-timeout=600"], 605],
    [["run", "--drain-timeout=0.5", "--drain-timeout=1.5"], 7],
  ])("of %j is %i: no service manager kills what has time to finish", (args, seconds) => {
    expect(stopSeconds({ args })).toBe(seconds);
  });
});

describe("portIn", () => {
  it("finds the port in a unit and in a property list", () => {
    expect(portIn("ExecStart=/n /s run --port=9000 --host=x")).toBe(9000);
    expect(portIn("<string>--port=9001</string>")).toBe(9001);
  });
});
