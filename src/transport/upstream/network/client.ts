import type { Agent as HttpAgent } from "node:http";
import { Agent, buildConnector, type Dispatcher } from "undici";
import { UpstreamLost } from "../../../protocol/errors.js";
import type { ProxyOptions } from "../../options.js";
import type { Authorities } from "./authorities.js";
import { connector } from "./connector.js";
import type { ProxyChoice } from "./proxyChoice.js";
import { secureContext } from "./secureContext.js";
import { webSocketAgent } from "./webSocketAgent.js";

/** What speaks to the upstream. */
export interface UpstreamClient {
  readonly dispatcher: Dispatcher;
  webSocketAgent(url: URL): HttpAgent;
  close(): Promise<void>;
}

export interface UpstreamClientOptions extends Pick<ProxyOptions, "timeouts" | "limits"> {
  readonly proxyFor: ProxyChoice;
  readonly authorities: Authorities;
}

/** Makes the client. Certificates are read when there is something to verify by them. */
export function upstreamClient({
  proxyFor,
  authorities,
  timeouts,
  limits,
}: UpstreamClientOptions): UpstreamClient {
  const timeout = timeouts.connect * 1000;
  const plain = buildConnector({ timeout });
  let secure: buildConnector.connector | undefined;
  const direct: buildConnector.connector = (options, callback) => {
    if (options.protocol !== "https:" || authorities.files.length === 0) return plain(options, callback);
    try {
      secure ??= buildConnector({ timeout, secureContext: secureContext(authorities) });
    } catch (error) {
      return callback(new UpstreamLost((error as Error).message, "connect", { cause: error }), null);
    }
    return secure(options, callback);
  };
  const { connect, close } = connector({ proxyFor, direct, timeout });
  const dispatcher = new Agent({
    connect,
    maxHeaderSize: limits.headerBytes,
    headersTimeout: timeouts.firstByte * 1000,
    bodyTimeout: timeouts.idle * 1000,
    pipelining: 1,
  });
  return {
    dispatcher,
    webSocketAgent: (url) => webSocketAgent(url, connect),
    close: async () => {
      await Promise.all([dispatcher.destroy(), close()]);
    },
  };
}
