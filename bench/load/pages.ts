import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";

/** Live pages that are open. */
export interface Pages {
  close(): void;
}

/**
 * Opens live pages, as far as the proxy sees of them: each follows what happens on a connection of its own.
 *
 * @param reading so many read what they are told
 * @param stalled so many do not
 * @returns once all of them follow
 */
export async function openPages(base: string, reading: number, stalled: number): Promise<Pages> {
  const pages = await Promise.all(Array.from({ length: reading + stalled }, () => follow(base)));
  pages.forEach((page, index) => index < reading && page.resume());
  return { close: () => pages.forEach((page) => page.destroy()) };
}

async function follow(base: string): Promise<IncomingMessage> {
  const request = get(`${base}/events`, { agent: false, headers: { accept: "text/event-stream" } });
  const [page] = (await once(request, "response")) as [IncomingMessage];
  if (page.statusCode !== 200) throw new Error(`the page's events: ${page.statusCode}`);
  page.on("error", () => {});
  return page;
}
