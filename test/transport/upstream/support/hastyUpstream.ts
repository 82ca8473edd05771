import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { onTestFinished } from "vitest";

export interface HastyUpstreamOptions {
  /** All that it ever says, head and body. */
  readonly answer: string;
  /** What it does behind its answer, with most of the request unread; `stay` leaves that to the client. */
  readonly leave: "close" | "reset" | "stay";
  /** Bytes that it reads before it answers. */
  readonly readFirst: number;
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
}

/** An upstream that answers before it has read the request. @returns its URL */
export async function hastyUpstream(options: HastyUpstreamOptions): Promise<string> {
  const worker = new Worker(new URL("hastyUpstream.mjs", import.meta.url), { workerData: options });
  onTestFinished(async () => void (await worker.terminate()));
  const [port] = (await once(worker, "message")) as [number];
  return `${options.tls ? "https" : "http"}://localhost:${port}`;
}
