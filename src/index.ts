export type { ResponseEvent } from "./protocol/event.js";
