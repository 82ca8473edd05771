/** What the executables are made of, to be loaded in one. */
export { dispatch } from "./dispatch.js";
export { commands } from "./index.js";
export { stopSignals } from "./stopSignals.js";
