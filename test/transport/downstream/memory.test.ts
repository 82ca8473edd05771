import { once } from "node:events";
import { request } from "node:http";
import { Readable } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { startProxy } from "../support/proxy.js";
import { httpUpstream } from "../support/upstreams.js";

const MIB = 1024 * 1024;
const BODY = 60 * MIB;

/** A fraction of the body, and what the buffers of four streams may hold. */
const HELD = 4 * MIB;

describe("60 MB take no more memory than what is on its way", () => {
  it("down", async () => {
    const upstream = await httpUpstream((_, response) => void Readable.from(pieces()).pipe(response));
    const { url } = await startProxy(upstream.url);
    const asking = request(`${url}/files/1/content`).end();
    const [response] = (await once(asking, "response")) as [Readable];

    const held = watchBuffers();
    let received = 0;
    for await (const chunk of response) held.after((received += (chunk as Buffer).length));

    expect(received).toBe(BODY);
    expect(held.most).toBeLessThan(HELD);
  });

  it("up", async () => {
    const held = watchBuffers();
    let received = 0;
    const upstream = await httpUpstream((asked, response) => {
      asked.on("data", (chunk: Buffer) => held.after((received += chunk.length)));
      asked.on("end", () => response.end());
    });
    const { url } = await startProxy(upstream.url);
    const asking = request(`${url}/files`, { method: "POST" });
    Readable.from(pieces()).pipe(asking);
    const [response] = (await once(asking, "response")) as [Readable];
    await once(response.resume(), "end");

    expect(received).toBe(BODY);
    expect(held.most).toBeLessThan(HELD);
  });
});

function* pieces(): Generator<Buffer> {
  for (let made = 0; made < BODY; made += MIB / 16) yield Buffer.alloc(MIB / 16, "x");
}

/** Measures now and then the buffers that are in use, all rubbish collected: of client, proxy and upstream together. */
function watchBuffers() {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const inUse = (): number => {
    // The second one finishes what the first one left to be swept.
    collect();
    collect();
    return process.memoryUsage().arrayBuffers;
  };
  const before = inUse();
  let next = 0;
  let most = 0;
  return {
    after(bytes: number): void {
      if (bytes < next) return;
      next = bytes + 5 * MIB;
      most = Math.max(most, inUse() - before);
    },
    get most() {
      return most;
    },
  };
}
