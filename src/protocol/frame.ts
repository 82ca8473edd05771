import type { ResponseEvent } from "./event.js";

/** The event as SSE, framed as it came. */
export function frame({ type, data, framing }: ResponseEvent): string {
  if (framing?.comment) return `: ${data}\n\n`;
  const name = framing && "event" in framing ? framing.event : type;
  const id = framing?.id === undefined ? "" : `id: ${framing.id}\n`;
  const lines = data.includes("\n") ? data.replaceAll("\n", "\ndata: ") : data;
  return `${id}${name ? `event: ${name}\n` : ""}data: ${lines}\n\n`;
}
