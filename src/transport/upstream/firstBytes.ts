import { finished, Readable } from "node:stream";

/** Bytes of blank lines after which a body is no stream of events. */
const MOST = 64 * 1024;

/**
 * Reads as much of a body as tells whether it is a stream of events: some gateways send one under another content type
 * or none, and Codex does not look at it (seen).
 *
 * @returns the verdict, and the whole body, what has been read of it included
 * @throws the body's error, where it died before it had said anything
 */
export async function readFirstBytes(
  body: Readable,
): Promise<{ readonly isEvents: boolean; readonly body: Readable }> {
  let seen = Buffer.alloc(0);
  for (;;) {
    const chunk = (body.read() as Buffer | null) ?? undefined;
    if (chunk) seen = Buffer.concat([seen, chunk]);
    const isEvents = seen.length > MOST ? false : beginsAsEvents(seen.toString("latin1"));
    if (isEvents !== undefined) {
      body.unshift(seen);
      return { isEvents, body };
    }
    if (body.readableEnded) return { isEvents: false, body: Readable.from([seen], { objectMode: false }) };
    if (!chunk) await readableOrOver(body);
  }
}

/**
 * True for text that begins with a field or a comment of an event stream, after an optional byte order mark and blank
 * lines (WHATWG HTML, 9.2.5); `undefined` where more has to be known.
 *
 * @param text one character a byte
 */
export function beginsAsEvents(text: string): boolean | undefined {
  const line = text.replace(/^(?:\xef\xbb\xbf)?[\r\n]*/, "");
  if (/^(?:data|event|id|retry)?:|^(?:data|event|id|retry)[\r\n]/.test(line)) return true;
  const isOpen = BOM.startsWith(text) || FIELDS.some((field) => field.startsWith(line));
  return isOpen ? undefined : false;
}

const BOM = "\xef\xbb\xbf";
const FIELDS = ["data", "event", "id", "retry"];

/** Waits for something to read, or the end. @throws the stream's error */
function readableOrOver(body: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error | null): void => {
      body.off("readable", onReadable);
      forget();
      if (error) reject(error);
      else resolve();
    };
    const onReadable = (): void => settle();
    const forget = finished(body, { writable: false }, settle);
    body.on("readable", onReadable);
  });
}
