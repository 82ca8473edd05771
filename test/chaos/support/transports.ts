/**
 * How the client asks, and how the proxy asks above: `bridge` is WebSocket below and POST above, `JSON` a POST that does
 * not stream.
 */
export const TRANSPORTS = ["POST", "WebSocket", "bridge", "JSON"] as const;

export type Transport = (typeof TRANSPORTS)[number];
