import type { Part } from "./part.js";
import { postCpu } from "./postCpu.js";

export const parts: readonly Part[] = [postCpu];
