import { describe, expect, it } from "vitest";
import { runLine } from "../../../commands/capture.js";
import { runningHere } from "../../../commands/run/running.js";

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

  it("logs the proxy in use, without its credentials", async () => {
    const run = await runningHere(["run", "--port", "0"], {
      https_proxy: "http://me:secret@proxy.test:3128",
      NO_PROXY: "example.com",
    });
    await run.url();
    expect(await run.stop()).toBe(0);
    const log = run.stderr;
    expect(log).toContain("upstream connections: through the proxy http://proxy.test:3128 (https_proxy)\n");
    expect(log).not.toContain("secret");
  });
});
