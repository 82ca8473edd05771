import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { InvalidRequest } from "../../src/protocol/errors.js";
import { decodeBody, encodingNames } from "../../src/transport/encodings.js";
import { zstdFrame } from "./support/zstd.js";

const LIMIT = 1024 * 1024;
const text = JSON.stringify({ input: "The ä, twice. ".repeat(2000) });

const decode = async (body: Uint8Array, encodings: string[], limit = LIMIT): Promise<string> =>
  Buffer.from(await decodeBody(body, encodings, limit)).toString();

describe("a request body's encodings", () => {
  const encoders: [name: string, encode: (data: Uint8Array) => Uint8Array][] = [
    ["identity", (data) => data],
    ["gzip", gzipSync],
    ["x-gzip", gzipSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
    ["br", brotliCompressSync],
    ["zstd", zstdFrame],
    ["zstd", (data) => Buffer.concat([zstdFrame(data.subarray(0, 1000)), zstdFrame(data.subarray(1000))])],
  ];
  it.each(encoders)("%s is undone", async (name, encode) => {
    expect(await decode(encode(Buffer.from(text)), [name])).toBe(text);
  });

  // what the reference implementation (1.5) makes of it: one segment with a checksum, and a stream without
  it.each([
    "KLUv/WTxAk0CABKEDhWgVwcObNbc5rKf8tP1v4GLWKT+ixpJvvYeJ8x213JMTfSq1aPrcWgi4Y8pwwVsignOCvf4SGIlIwEDANBFACi9s8ZnTTyM/skB",
    "KLUv/QBYPQIAkkQPFZC1Oqs012xns8/y08wui6Vulq4/54F87T1OmO3OJW45piZ61erR9Tg0keAe/zFluMSmmOCscI+PJFYyIAEAV3qrCQU=",
  ])("zstd with compressed blocks is undone", async (base64) => {
    const input = "The cat sat on the mat. ".repeat(40);
    const whole = `{"model": "gpt-5.5", "input": "${input}", "stream": true}`;
    expect(await decode(Buffer.from(base64, "base64"), ["zstd"])).toBe(whole);
  });

  it("are undone last to first", async () => {
    const body = gzipSync(zstdFrame(brotliCompressSync(text)));
    expect(await decode(body, encodingNames(["br, zstd", " GZIP "]))).toBe(text);
  });

  it.each(["compress", "aes128gcm", "__proto__", "toString"])('"%s" is refused by name', async (name) => {
    const refusal = decodeBody(Buffer.from("{}"), [name], LIMIT);
    await expect(refusal).rejects.toMatchObject({ status: 400, message: expect.stringContaining(name) });
  });

  it.each([...encoders.slice(1)])("%s that is corrupt is refused", async (name, encode) => {
    const good = encode(Buffer.from(text));
    const cut = good.subarray(0, good.length - 10);
    const refused = { status: 400, message: `The request body is not valid ${name} data.` };
    await expect(decode(cut, [name])).rejects.toMatchObject(refused);
    await expect(
      decode(Buffer.from("\u0007no such data at all, whatever the code"), [name]),
    ).rejects.toMatchObject(refused);
    await expect(decode(new Uint8Array(), [name])).rejects.toMatchObject(refused);
  });
});

describe("a bomb", () => {
  const zeros = Buffer.alloc(64 * LIMIT);
  const bombs: [name: string, bytes: Uint8Array][] = [
    ["gzip", gzipSync(zeros)],
    ["deflate", deflateSync(zeros)],
    ["br", brotliCompressSync(zeros)],
    ["zstd", zstdFrame(zeros)],
  ];

  afterEach(() => globalThis.gc?.());

  it.each(bombs)("of %s is refused before it takes memory", async (name, bytes) => {
    expect(bytes.length).toBeLessThan(LIMIT);
    const before = process.memoryUsage().rss;
    const refusal = await decodeBody(bytes, [name], LIMIT).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InvalidRequest);
    expect(refusal).toMatchObject({ status: 413 });
    expect(process.memoryUsage().rss - before).toBeLessThan(zeros.length / 4);
  });

  it("within a bomb is refused too", async () => {
    const twice = gzipSync(gzipSync(zeros));
    await expect(decode(twice, ["gzip", "gzip"])).rejects.toMatchObject({ status: 413 });
  });

  it("of zstd that only promises to be big takes no memory", async () => {
    const promises = zstdFrame(Buffer.from("{}"), { windowLog: 30 });
    const second = Buffer.concat([zstdFrame(Buffer.from("{}")), promises]);
    const before = process.memoryUsage().arrayBuffers;
    await expect(decode(promises, ["zstd"], 1024 * LIMIT)).rejects.toBeInstanceOf(InvalidRequest);
    await expect(decode(second, ["zstd"], 1024 * LIMIT)).rejects.toBeInstanceOf(InvalidRequest);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * LIMIT);
  });

  it("of many tiny zstd blocks behind a big window is refused before it takes minutes", async () => {
    const slow = zstdFrame(Buffer.alloc(200_000, 1), { windowLog: 23, blockBytes: 1 });
    await expect(decode(slow, ["zstd"], 128 * LIMIT)).rejects.toBeInstanceOf(InvalidRequest);
  });
});

describe("Content-Encoding", () => {
  it("is read as a list over all its headers, without case and blanks", () => {
    expect(encodingNames(["gzip , BR", "", "zstd,,"])).toEqual(["gzip", "br", "zstd"]);
  });
});
