import { asObject, parseJsonObject, type JsonObject } from "../../protocol/event.js";
import { apiError, type Headers, type Reply } from "./answer.js";

/** A frame that a client sent. */
export interface UpstreamFrame {
  readonly connection: number;
  /** The text; `undefined` for a binary frame. */
  readonly text: string | undefined;
  readonly bytes: Buffer;
  /** The parsed text, if it is a JSON object. */
  readonly json: JsonObject | undefined;
  /** Its `type`; `""` where there is none. */
  readonly type: string;
}

/** A message as `ws` gives it, as a frame. (Not by the types of `ws`: users of the kit do not have them.) */
export function readFrame(
  data: Buffer | ArrayBuffer | Buffer[],
  isBinary: boolean,
  connection: number,
): UpstreamFrame {
  const bytes = Buffer.concat([data].flat().map((part) => Buffer.from(part as Buffer)));
  const text = isBinary ? undefined : bytes.toString();
  const json = text === undefined ? undefined : parseJsonObject(text);
  const type = json?.["type"];
  return { connection, text, bytes, json, type: typeof type === "string" ? type : "" };
}

/** The refusal of a text frame that is no JSON object. */
export const unreadable: Reply = apiError(400, { message: "Invalid JSON in WebSocket message." });

/** The wrapped error frame: handled by clients as that HTTP status would be. */
export function errorFrame({ status, body, headers }: Reply): string {
  const error = asObject(asObject(body)?.["error"]) ?? { message: detailOf(body) };
  return JSON.stringify({ type: "error", status, error, ...(headers && { headers: firstOfEach(headers) }) });
}

function detailOf(body: unknown): unknown {
  return asObject(body)?.["detail"] ?? (typeof body === "string" ? body : "");
}

function firstOfEach(headers: Headers): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()[0]]));
}
