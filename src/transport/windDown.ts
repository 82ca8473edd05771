import type { Server } from "node:http";
import { Server as PortServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { combineLatest, filter, firstValueFrom, type Observable } from "rxjs";
import type { Arrivals } from "./arrivals.js";
import type { InFlight } from "./inFlight.js";
import type { Readiness } from "./readiness.js";

/** How long who has connected and not yet asked for anything is waited for, once nobody new can connect. */
const SILENT_MILLISECONDS = 1000;

/** In milliseconds: past it, Node's timers go off at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** What has to come to an end. */
export interface WindingDown {
  readonly server: Server;
  readonly ready: Pick<Readiness, "retire">;
  readonly arriving: Arrivals;
  readonly requests: Pick<InFlight, "retire" | "open$">;
  readonly upgrades: { retire(): void; readonly open$: Observable<number> };
}

/**
 * Lets a server come to rest: sends clients elsewhere, closes the port once nobody counts on it, and waits until nothing is
 * open any more.
 *
 * @param seconds for all of that
 * @param cut ends it early
 * @returns a promise, in an object, of the end of all connections
 */
export async function windDown(
  { server, ready, arriving, requests, upgrades }: WindingDown,
  seconds: number,
  cut: AbortSignal,
): Promise<{ readonly closed: Promise<unknown> }> {
  const over = pause(seconds * 1000, cut);
  const retired = ready.retire();
  requests.retire();
  upgrades.retire();
  await Promise.race([retired, over]);
  await arriving.accepted();
  const closed = closePort(server);
  await Promise.race([closed, over, arriving.asked(), pause(SILENT_MILLISECONDS, cut)]);
  if (ENDS_SILENT) server.close();
  await Promise.race([closed, over, noneOf(requests.open$, upgrades.open$)]);
  return { closed };
}

/** For an HTTP server's `close`, who has connected and not asked for anything yet is idle from here on (seen in 26). */
const ENDS_SILENT = Number(process.versions.node.split(".")[0]) >= 25;

/**
 * Lets nobody new connect, and leaves who has connected.
 *
 * @returns the end of all connections
 */
export function closePort(server: Server): Promise<unknown> {
  return new Promise((resolve) => {
    if (ENDS_SILENT) PortServer.prototype.close.call(server, resolve);
    else server.close(resolve);
  });
}

/** Waits until there is none of any of them, at the same time. */
export function noneOf(...counts: readonly Observable<number>[]): Promise<unknown> {
  return firstValueFrom(combineLatest(counts).pipe(filter((open) => open.every((count) => count === 0))));
}

/** Waits, but for no longer than until it is cut short. */
async function pause(milliseconds: number, cut: AbortSignal): Promise<void> {
  await sleep(Math.min(milliseconds, LONGEST_TIMER), undefined, { ref: false, signal: cut }).catch(() => {});
}
