import { once } from "node:events";
import { WebSocket } from "ws";

const body = (model) => ({
  model,
  input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "How many?" }] }],
  reasoning: { effort: "high" },
  include: ["reasoning.encrypted_content"],
  store: false,
  stream: true,
});

/** What the models of this upstream do: the outcome that their turns have. */
const MODELS = {
  "gpt-5.5": "completed",
  "gpt-5.4-cut": "completed",
  "gpt-5.4-fails": "failed",
  "gpt-5.4-refused": "rejected",
};

/** Turns of every kind, one after the other, over POST and over WebSocket, and a book of how many there were. */
export function startTurns(simulatedUpstream) {
  const kinds = Object.keys(MODELS).flatMap((model) => [
    { model, transport: "http" },
    ...(MODELS[model] === "rejected" ? [] : [{ model, transport: "websocket" }]),
  ]);
  const done = {};
  let next = 0;
  let socket;

  const overHttp = async (url, model) => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${url}/responses`, {
      method: "POST",
      headers,
      body: JSON.stringify(body(model)),
    });
    await response.text();
  };
  const overWebSocket = async (url, model) => {
    if (!socket) {
      socket = new WebSocket(`${url.replace("http", "ws")}/responses`);
      await once(socket, "open");
    }
    const over = new Promise((resolve) => {
      const hear = (data) => {
        if (!/^\{"type":"response\.(completed|failed)"/.test(data.toString())) return;
        socket.off("message", hear);
        resolve();
      };
      socket.on("message", hear);
    });
    socket.send(JSON.stringify({ type: "response.create", ...body(model) }));
    await over;
  };

  return {
    upstream: async () => {
      const { round, apiError } = await import("../../../dist/testing/index.js");
      const headers = { "x-codex-primary-used-percent": "42.5", "x-codex-primary-window-minutes": "300" };
      const whole = round().reasoning(291).message("RIGHT").completed();
      const answers = {
        "gpt-5.5": () => whole,
        "gpt-5.4-cut": (isContinuation) =>
          isContinuation ? whole : round().reasoning(516).message("WRONG").completed(),
        "gpt-5.4-fails": () => round().reasoning(100).failed(),
        "gpt-5.4-refused": () => apiError(429, { type: "usage_limit_reached" }, headers),
      };
      return simulatedUpstream({
        script: ({ body, isContinuation }) => answers[body.model](isContinuation),
        headers,
      });
    },
    /** Runs so many of each kind. */
    some: async (url, times) => {
      for (let n = 0; n < times * kinds.length; n++) {
        const { model, transport } = kinds[next++ % kinds.length];
        await (transport === "http" ? overHttp : overWebSocket)(url, model);
        const kind = `${model} ${transport} ${MODELS[model]}`;
        done[kind] = (done[kind] ?? 0) + 1;
      }
    },
    done: () => Object.fromEntries(Object.entries(done).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
