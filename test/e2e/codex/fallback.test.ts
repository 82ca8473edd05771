import { expect } from "vitest";
import { reply } from "../../../src/testing/index.js";
import { asked, stepsUpTo, working } from "./harness/models.js";
import {
  expectSameBytes,
  expectSameHeaders,
  expectSameStory,
  foldedSteps,
  scenario,
  type Runs,
} from "./harness/scenario.js";

/** An upstream without WebSocket: Codex falls back to POST by itself, with the proxy as without it. */
const path = "websocket";

/** What the backend says with every answer. */
const headers = {
  "x-codex-turn-state": "to-server-7",
  "x-codex-primary-used-percent": "42",
  "x-codex-primary-window-minutes": "300",
  "x-codex-primary-reset-at": "4102444800",
};

function expectPosted({ proxied }: Runs): void {
  const { upgrades, attempts } = proxied.upstream;
  expect(upgrades).toHaveLength(1);
  expect(attempts.map(({ transport }) => transport)).toEqual(attempts.map(() => "http"));
  expect(attempts.map((request) => request.headers["content-encoding"])).toEqual(attempts.map(() => "zstd"));
}

scenario(
  "426 on the upgrade: a tool loop that is not cut, with rate limits and turn state",
  { path, upstream: () => ({ script: working(3), websocket: false, headers }) },
  (runs) => {
    expect(runs.proxied.steps).toEqual(stepsUpTo(3));
    expectSameStory(runs);
    expectSameHeaders(runs);
    expectSameBytes(runs);
    expectPosted(runs);
    const states = runs.proxied.upstream.attempts.map((request) => request.headers["x-codex-turn-state"]);
    expect(states).toEqual([undefined, "to-server-7", "to-server-7", "to-server-7"]);
    expect(runs.proxied.usedPercents).toEqual([42, 42, 42, 42]);
    expect(runs.proxied.usedPercents).toEqual(runs.direct.usedPercents);
  },
);

scenario(
  "426 on the upgrade: a tool loop with two cuts",
  {
    path,
    upstream: () => ({ script: working(5, { 2: [516], 4: [516] }), websocket: false }),
    directUpstream: () => ({ script: working(5), websocket: false }),
  },
  (runs) => {
    expect(runs.proxied.steps).toEqual(stepsUpTo(5));
    expect(foldedSteps(runs.proxied)).toEqual([2, 4]);
    expectSameStory(runs);
    expectPosted(runs);
  },
);

scenario(
  "404 on the upgrade is no worse than a 426",
  {
    path,
    upstream: () => ({ script: asked(516), websocket: () => reply(404) }),
    directUpstream: () => ({ script: asked(), websocket: false }),
  },
  (runs) => {
    expect(runs.proxied.answer).toBe("21");
    expectSameStory(runs);
    expectPosted(runs);
  },
);
