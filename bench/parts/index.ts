import { jsonCpu, postCpu, socketCpu } from "./cpu.js";
import { firstAnswer } from "./firstAnswer.js";
import { postLatency, socketLatency } from "./latency.js";
import { postMemory, socketConnections, stalledClient } from "./memory.js";
import { pageCpu } from "./pages.js";
import type { Part } from "./part.js";
import { longSession, slowUplink } from "./sessions.js";
import { start } from "./start.js";

/** In the order of the table. */
export const parts: readonly Part[] = [
  postCpu,
  postLatency,
  jsonCpu,
  postMemory,
  stalledClient,
  socketCpu,
  socketLatency,
  longSession,
  slowUplink,
  socketConnections,
  firstAnswer,
  pageCpu,
  start,
];
