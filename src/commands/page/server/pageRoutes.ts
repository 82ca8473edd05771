import type { IncomingMessage, ServerResponse } from "node:http";
import { respondError } from "../../../transport/downstream/respond.js";
import type { LocalRoute } from "../../../transport/proxy.js";
import type { History } from "../../../page/messages.js";
import { serveEvents, type EventStreamOptions } from "./eventStream.js";
import { readPageFile, type PageFile } from "./pageFile.js";
import { isToken } from "./token.js";

export interface PageRoutesOptions extends EventStreamOptions {
  /** What has to stand in the URL, where there is such a thing. */
  readonly token?: string | undefined;
  readonly history: () => Promise<History>;
  /** Begins to read Codex' logs, unless that is going on. */
  readonly scan: () => void;
  /** Default: what the build made. */
  readonly readPage?: () => Promise<PageFile>;
}

const METHOD: Readonly<Record<string, string>> = {
  "/": "GET",
  "/events": "GET",
  "/history": "GET",
  "/scan": "POST",
};

/** For everything that the page is made of: nothing keeps it, nothing else may look into it. */
const PRIVATE = {
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Serves the page and what it asks for. The proxy has looked at `Host` and `Origin` before. */
export function pageRoutes(options: PageRoutesOptions): LocalRoute {
  const { token, history, scan, readPage = readPageFile } = options;
  let page: Promise<PageFile> | undefined;

  const serve = async (path: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(PRIVATE)) response.setHeader(name, value);
    if (path === "/events") return serveEvents(options, request, response);
    if (path === "/scan") {
      scan();
      response.writeHead(202).end();
      return;
    }
    if (path === "/history") {
      const text = JSON.stringify(await history());
      response.writeHead(200, { "content-type": "application/json" }).end(text);
      return;
    }
    page ??= readPage();
    const { html, policy } = await page;
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
    });
    response.end(html);
  };

  return (request, response) => {
    const [path = "", query = ""] = (request.url ?? "").split("?", 2);
    const method = METHOD[path];
    if (method === undefined) return false;
    const fail = (status: number, message: string, code: string): void =>
      respondError(response, status, "invalid_request_error", message, code);
    if (token !== undefined && !isToken(new URLSearchParams(query).get("token"), token)) {
      fail(403, 'The page needs the token in its address: "codexcomp page" prints it.', "forbidden");
    } else if (request.method !== method && !(method === "GET" && request.method === "HEAD")) {
      response.setHeader("allow", method);
      fail(405, `${path} is for ${method}.`, "method_not_allowed");
    } else {
      request.resume();
      serve(path, request, response).catch(() => {
        page = undefined;
        fail(
          500,
          "The page could not be made; a build from source makes it with npm run build.",
          "page_error",
        );
      });
    }
    return true;
  };
}
