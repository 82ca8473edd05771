import type { ResponseEvent } from "./event.js";

/** The event as SSE, framed as it came. */
export function frame({ type, data, framing }: ResponseEvent): string {
  if (framing?.comment) return `: ${data}\n\n`;
  const name = framing && "event" in framing ? framing.event : type;
  const id = framing?.id === undefined ? "" : `id: ${framing.id}\n`;
  // A whole response may be written in lines; all of them end lines of SSE.
  const lines = data.includes("\n") || data.includes("\r") ? data.replace(/\r\n?|\n/g, "\ndata: ") : data;
  return `${id}${name ? `event: ${name}\n` : ""}data: ${lines}\n\n`;
}
