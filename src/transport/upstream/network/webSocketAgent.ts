import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Duplex } from "node:stream";
import type { buildConnector } from "undici";
import { hostnameOf } from "./noProxy.js";
import { isSecure } from "./proxyChoice.js";

type Created = (error: Error | null, socket?: Duplex) => void;

/** An agent for Node's HTTP client, which gets its sockets from a connector. It keeps none: there is nothing to close. */
export function webSocketAgent(url: URL, connect: buildConnector.connector): HttpAgent {
  const secure = isSecure(url);
  const createConnection = (_options: object, created: Created): void =>
    connect(
      {
        protocol: secure ? "https:" : "http:",
        hostname: hostnameOf(url),
        host: url.host,
        port: url.port || (secure ? "443" : "80"),
      },
      (error, socket) => (error ? created(error) : created(null, socket)),
    );
  return Object.assign(secure ? new HttpsAgent() : new HttpAgent(), { createConnection });
}
