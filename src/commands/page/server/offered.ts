/** What a running proxy needs to offer the page, to be loaded in one. */
export { pageOf } from "./servePage.js";
export { keepToken } from "./token.js";
