import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { JsonObject } from "../../../../src/protocol/event.js";
import { SDK } from "../installing.mjs";

/** One response as the SDK gave it to its user. */
export interface SdkTurn {
  readonly events: readonly JsonObject[];
  readonly response: SdkResponse;
}

export interface SdkResponse {
  readonly id: string;
  readonly created_at: number;
  readonly output: readonly (JsonObject & { readonly type: string })[];
  readonly output_text?: string;
  readonly usage: JsonObject;
  readonly metadata: JsonObject | null;
}

/** Runs the program in `client.mjs` against a base URL. */
export async function sdkProgram(
  baseUrl: string,
  how: "stream" | "create" | "websocket",
): Promise<{ readonly turns: readonly SdkTurn[]; readonly retrieved?: SdkResponse }> {
  const folder = join(process.env["CODEX_E2E_CACHE"] ?? "", SDK.folder);
  const program = fileURLToPath(new URL("client.mjs", import.meta.url));
  const node = join(folder, "node_modules", ".bin", "node");
  const { stdout } = await promisify(execFile)(node, [program, folder, baseUrl, how], {
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout) as Awaited<ReturnType<typeof sdkProgram>>;
}
