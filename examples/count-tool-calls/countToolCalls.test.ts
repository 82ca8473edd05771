import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  completed,
  functionCall,
  itemDone,
  marbles,
  message,
  operatorContext,
  reasoning,
} from "codexcomp/testing";
import { expect, test, vi } from "vitest";
import { countToolCalls, postTo, type ToolCalls } from "./countToolCalls.js";

const context = operatorContext({ log: vi.fn() });
const values = {
  r: itemDone(reasoning()),
  c: itemDone(functionCall("shell")),
  d: itemDone(functionCall("apply_patch")),
  m: itemDone(message("Done.")),
  t: completed(),
};

test("calls are counted by name and sent at the end; the events pass untouched", () => {
  const sent: ToolCalls[] = [];
  const send = async (counted: ToolCalls) => sent.push(counted);
  marbles(({ cold, expectObservable }) => {
    const source = cold(" r-c-d-c-m-t-|", values);
    const expected = "    r-c-d-c-m-t-|";

    expectObservable(source.pipe(countToolCalls(send)(context))).toBe(expected, values);
  });
  expect(sent).toEqual([{ model: "gpt-5.5", calls: { shell: 2, apply_patch: 1 } }]);
});

test("they are sent as well when the client leaves, and nothing is without calls", () => {
  const send = vi.fn(async () => {});
  marbles(({ cold, expectObservable }) => {
    const count = countToolCalls(send);
    expectObservable(cold("c-m-t-|", values).pipe(count(context)), "^--!").toBe("c-m-", values);
    expectObservable(cold("r-m-t-|", values).pipe(count(context))).toBe("r-m-t-|", values);
  });
  expect(send.mock.calls).toEqual([[{ model: "gpt-5.5", calls: { shell: 1 } }]]);
});

test("an endpoint that is not there harms nothing", async () => {
  const send = vi.fn(() => Promise.reject(new Error("no")));
  marbles(({ cold, expectObservable }) => {
    expectObservable(cold("c-t-|", values).pipe(countToolCalls(send)(context))).toBe("c-t-|", values);
  });
  await vi.waitFor(() => expect(context.log).toHaveBeenCalledWith("debug", "the counts could not be sent"));
});

test("postTo posts JSON", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const bodies: string[] = [];
  server.on("request", (request, response) => {
    request.on("data", (chunk: Buffer) => bodies.push(chunk.toString()));
    request.on("end", () => response.end());
  });
  const { port } = server.address() as AddressInfo;
  const response = await postTo(`http://127.0.0.1:${port}/`)({ model: "gpt-5.5", calls: { shell: 1 } });
  server.close();

  expect([response.status, bodies]).toEqual([200, ['{"model":"gpt-5.5","calls":{"shell":1}}']]);
});
