import type { ServerResponse } from "node:http";
import { UpstreamLost } from "../../protocol/errors.js";
import { endToEnd } from "../headers.js";
import type { CollectedAnswer } from "../upstream/jsonRounds.js";
import type { Sink } from "./followTurn.js";
import { cut, respondError, respondFailure, writeHead } from "./respond.js";

/** What is said of a body, and no longer true of one that we wrote. */
const OF_THE_BODY = [
  ...["content-encoding", "content-length", "content-md5", "etag"],
  ...["digest", "content-digest", "repr-digest"],
];

/**
 * Answers with a response as one JSON text. One that nobody changed leaves as the bytes that it came as.
 *
 * @param first round 1's answer, once that has come
 */
export function jsonSink(response: ServerResponse, first: () => CollectedAnswer | undefined): Sink<string> {
  let text: string | undefined;
  return {
    next: (whole) => (text = whole),
    complete: () => {
      const answer = first();
      if (text === undefined || !answer) {
        const message = "An operator ended the response before it was complete.";
        respondError(response, 500, "server_error", message, "proxy_error");
      } else if (text === answer.text) {
        sendAsItCame(response, answer);
        response.end();
      } else {
        const { head } = answer;
        const length = ["content-length", String(Buffer.byteLength(text))];
        writeHead(response, { ...head, headers: [...endToEnd(head.headers, OF_THE_BODY), ...length] });
        response.end(text);
      }
    },
    fail: (error) => {
      const answer = first();
      if (!answer || !(error instanceof UpstreamLost)) return respondFailure(response, error);
      // As without the proxy: all that came, and then the connection's end.
      sendAsItCame(response, answer);
      cut(response);
    },
  };
}

function sendAsItCame(response: ServerResponse, { head, chunks }: CollectedAnswer): void {
  writeHead(response, head);
  for (const chunk of chunks) response.write(chunk);
}
