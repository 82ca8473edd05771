import { UpstreamLost, type LossPhase } from "../../protocol/errors.js";

const IN_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset by the upstream",
  EPIPE: "connection closed by the upstream",
  ENOTFOUND: "host name not found (DNS)",
  EAI_AGAIN: "host name lookup failed (DNS)",
  EHOSTUNREACH: "host unreachable",
  ENETUNREACH: "network unreachable",
  ETIMEDOUT: "connection timed out",
  UND_ERR_SOCKET: "connection closed by the upstream",
  UND_ERR_CONNECT_TIMEOUT: "no connection within the connect timeout",
  UND_ERR_HEADERS_TIMEOUT: "no answer within the first-byte timeout",
  UND_ERR_BODY_TIMEOUT: "silence longer than the idle timeout",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "the response was cut short",
  UND_ERR_HEADERS_OVERFLOW: "the response headers are too large",
};

/** Gives a client library's error a phase and words of our own: its message may name things that logs must not. */
export function upstreamLost(error: unknown, phase: LossPhase): UpstreamLost {
  if (error instanceof UpstreamLost) return error;
  const code = codeOf(error);
  const words = IN_WORDS[code] ?? otherWords(error, code) ?? "the exchange with the upstream failed";
  return new UpstreamLost(code ? `${words} (${code})` : words, phaseOf(error, code, phase), {
    cause: error,
  });
}

/** Once an answer has begun its client sees it die, whatever it died of. */
function phaseOf(error: unknown, code: string, phase: LossPhase): LossPhase {
  return phase === "connect" && isTimeout(error, code) ? "timeout" : phase;
}

function codeOf(error: unknown): string {
  const {
    code,
    cause,
    errors: all,
  } = (error ?? {}) as { code?: unknown; cause?: unknown; errors?: unknown[] };
  if (typeof code === "string") return code;
  if (cause) return codeOf(cause);
  // Node tries all addresses of a host and then throws an AggregateError.
  return all?.length ? codeOf(all[0]) : "";
}

function otherWords(error: unknown, code: string): string | undefined {
  if ((error as Error | undefined)?.name === "HTTPParserError") return "the answer is not valid HTTP";
  return /CERT|SIGN|VERIFY|TLS|SSL|ISSUER|EPROTO/.test(code)
    ? "TLS failed: the upstream's certificate or protocol was refused"
    : undefined;
}

function isTimeout(error: unknown, code: string): boolean {
  return (
    (error instanceof Error && /^(Headers|Body|Connect)TimeoutError$/.test(error.name)) ||
    code === "ETIMEDOUT"
  );
}
