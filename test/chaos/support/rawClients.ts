import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { turnBody } from "../../transport/support/turns.js";

const LONGEST_STAY_MILLISECONDS = 500;

/**
 * A client that says something sensible, or begins to, maybe with wrong bytes in it, in pieces; stays for a moment; and
 * leaves in one of the ways there are.
 *
 * @param random decides on all of it
 */
export async function strayClient(port: number, random: () => number): Promise<void> {
  const below = (end: number): number => Math.floor(random() * end);
  const bytes = Buffer.from(SAYINGS[below(SAYINGS.length)] ?? "");
  if (random() < 0.4) for (let wrong = below(4); wrong > 0; wrong--) bytes[below(bytes.length)] = below(256);
  const said = random() < 0.5 ? bytes : bytes.subarray(0, below(bytes.length));

  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {}).resume();
  for (let at = 0, end; at < said.length; at = end) {
    end = at + 1 + below(1200);
    socket.write(said.subarray(at, end));
    if (random() < 0.5) await sleep(below(10));
  }
  await sleep(random() * LONGEST_STAY_MILLISECONDS);
  const way = random();
  if (way < 0.4) socket.resetAndDestroy();
  else if (way < 0.8) socket.destroy();
  else await Promise.race([once(socket.end(), "close"), sleep(LONGEST_STAY_MILLISECONDS)]);
  socket.destroy();
}

/** An unfragmented frame of a client, with a mask of zeros. */
function frame(opcode: number, payload: string): Buffer {
  const { length } = Buffer.from(payload);
  const size = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...size, 0, 0, 0, 0]), Buffer.from(payload)]);
}

const [TEXT, BINARY, CLOSE, PING] = [1, 2, 8, 9];

const head = (line: string, ...headers: string[]): string =>
  [`${line} HTTP/1.1`, "Host: 127.0.0.1", ...headers, "", ""].join("\r\n");

const GET = head("GET /v1/models");
const TURN = head("POST /v1/responses", `Content-Length: ${turnBody().length}`) + turnBody();
const CHUNKED = `${head("PUT /v1/files", "Transfer-Encoding: chunked")}5\r\nhello\r\n5\r\nhello\r\n0\r\n\r\n`;
const UPGRADE = Buffer.from(
  head(
    "GET /v1/responses",
    ...["Connection: Upgrade", "Upgrade: websocket"],
    ...["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="],
  ),
);
const ASK = frame(TEXT, turnBody().replace("{", '{"type":"response.create",'));

const SAYINGS: readonly (string | Buffer)[] = [
  ...[GET, TURN, CHUNKED, TURN + TURN + GET],
  Buffer.concat([UPGRADE, ASK]),
  Buffer.concat([UPGRADE, ASK, ASK, frame(CLOSE, "\x03\xe8")]),
  Buffer.concat([UPGRADE, frame(PING, "?"), frame(BINARY, "?"), frame(TEXT, "{")]),
  Buffer.concat([UPGRADE, Buffer.from(TURN)]),
];
