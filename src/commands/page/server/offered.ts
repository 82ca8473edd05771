/** What a running proxy needs to offer the page, to be loaded in one. */
export { servePage } from "./servePage.js";
export { keepToken } from "./token.js";
