import { usageLimit } from "./harness/refusals.js";
import { working } from "./harness/models.js";
import { scenario, logLines } from "./harness/scenario.js";
scenario("debug", {
    path: "websocket",
    upstream: () => {
      const model = working(4, { 2: [516] });
      return { script: (request) => (request.isContinuation ? usageLimit : model(request)) };
    },
  }, (runs) => {
  for (const side of ["direct", "proxied"] as const) {
    const r = runs[side];
    console.log(side, JSON.stringify({story: r.printed[0]?.story, stderr: r.printed[0]?.stderr, log: logLines(r), upgrades: r.upstream.upgrades.length, reqs: r.upstream.requests.map(q => [q.number, q.connection, q.transport, q.outcome, String(q.body.previous_response_id).slice(-5), q.input.length, q.history.length, q.isContinuation, q.text.length])}, null, 1));
  }
});
