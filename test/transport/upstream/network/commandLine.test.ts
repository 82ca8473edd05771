import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { dispatch } from "../../../../src/commands/dispatch.js";
import { commands } from "../../../../src/commands/index.js";
import { runLine } from "../../../commands/capture.js";

describe("codexcomp run", () => {
  it.each([
    [["--ca-file", "/no/such/file.pem"], {}, "the CA file /no/such/file.pem (--ca-file) cannot be used"],
    [
      [],
      { SSL_CERT_FILE: "/no/such/file.pem" },
      "the CA file /no/such/file.pem (SSL_CERT_FILE) cannot be used",
    ],
    [[], { HTTPS_PROXY: "ftp://me:secret@proxy.test" }, "the proxy URL in HTTPS_PROXY cannot be used"],
    [["--proxy", "http://me:80/secret@proxy.test"], {}, "the proxy URL in --proxy cannot be used"],
    [["--proxy", "ftp://me:secret@proxy.test"], {}, '--proxy must be "none" or a URL with http'],
  ])("ends with 2 for %j %j", async (args, env, message) => {
    const { code, stdout, stderr } = await runLine(["run", "--port", "0", ...args], { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/secret|me:/);
  });

  const stop = new AbortController();
  afterEach(() => stop.abort());

  it("logs the proxy in use, without its credentials", async () => {
    const stderr = new PassThrough({ encoding: "utf8" });
    const running = dispatch(["run", "--port", "0"], commands, {
      stdout: new PassThrough(),
      stderr,
      env: { https_proxy: "http://me:secret@proxy.test:3128", NO_PROXY: "example.com" },
      signal: stop.signal,
    });
    let log = "";
    for await (const chunk of stderr) {
      log += String(chunk);
      if (log.includes("openai_base_url")) break;
    }
    stop.abort();
    expect(await running).toBe(0);
    expect(log).toContain("upstream connections: through the proxy http://proxy.test:3128 (https_proxy)\n");
    expect(log).not.toContain("secret");
  });
});
