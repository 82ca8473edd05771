import { responseReader, type LoggedResponse } from "../../../src/codex/sessions/responses.js";

/** A UUID of version 7, made that many seconds after a moment in 2026. */
export function idAt(seconds: number, serial = 0): string {
  const time = (Date.UTC(2026, 0, 1) + seconds * 1000).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(serial).padStart(12, "0")}`;
}

/** A session log's line as Codex writes it. */
export function line(type: string, payload: object, timestamp = "2026-01-01T00:00:00.000Z"): string {
  return JSON.stringify({ timestamp, type, payload });
}

export const session = (id: string, forkedFrom?: string) =>
  line("session_meta", { id, ...(forkedFrom && { forked_from_id: forkedFrom }) });

export const turn = (id?: string, model = "gpt-5.5", effort: string | undefined = "high") =>
  line("turn_context", { ...(id && { turn_id: id }), cwd: "/x", model, ...(effort && { effort }) });

/** Usage with everything but reasoning made up. */
const usage = (reasoning: number) => ({ output_tokens: reasoning + 9, reasoning_output_tokens: reasoning });

/** A `token_count` of a response, where the session has used `total` reasoning tokens so far. */
export const tokens = (last: number, total: number, timestamp?: string) =>
  line(
    "event_msg",
    {
      type: "token_count",
      info: { total_token_usage: usage(total), last_token_usage: usage(last), model_context_window: 258400 },
      rate_limits: null,
    },
    timestamp,
  );

/** What is read from logs, one after the other. */
export function read(...logs: readonly (readonly string[])[]): LoggedResponse[] {
  const responses: LoggedResponse[] = [];
  const open = responseReader((response) => responses.push(response));
  for (const lines of logs) {
    const log = open();
    log.push(Buffer.from(lines.join("\n")));
    log.end();
  }
  return responses;
}

/** The same, reasoning tokens only. */
export const reasoning = (...logs: readonly (readonly string[])[]) =>
  read(...logs).map((each) => each.reasoning);
