import { open } from "./post.js";

/**
 * POSTs a turn that does not stream.
 *
 * @returns the length of the response's body
 * @throws where it is not a whole response
 */
export async function postJson(base: string, body: string): Promise<number> {
  let bytes = 0;
  let end = "";
  for await (const chunk of (await open(base, body)) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    end = (end + chunk.toString("latin1")).slice(-10);
  }
  if (!end.trimEnd().endsWith("}")) throw new Error("a response ended early");
  return bytes;
}
