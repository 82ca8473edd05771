import { withData, type ResponseEvent } from "../../protocol/event.js";
import { withoutCredentials } from "./credentials.js";
import { pseudonyms } from "./pseudonyms.js";
import { redaction } from "./redact.js";

/** What a recording leaves out of what it writes. */
export interface Privacy {
  /** A body: JSON, or anything else. */
  text(text: string): string;
  event(event: ResponseEvent): ResponseEvent;
  /** What somebody has named: an operator. */
  name(name: string): string;
}

/** Credentials never stay; with `redact` no text does. */
export function privacy(redact: boolean): Privacy {
  if (redact) {
    const other = pseudonyms();
    const { json, event } = redaction(other);
    return { text: json, event, name: other.word };
  }
  return {
    text: withoutCredentials,
    event: (event) => withData(event, withoutCredentials(event.data)),
    name: (name) => name,
  };
}
