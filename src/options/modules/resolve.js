// How users' modules find what they import: a hook of Node's loader. It is no TypeScript because Node 20 runs it, as it
// is, in a thread of its own.
import { URL } from "node:url";

/** The parameter that says of a module how often it was read before; what it imports is read as often. */
export const READING = "codexcomp-reading";

/**
 * The hook, for `module.register` (asynchronous) and `module.registerHooks` (synchronous) alike.
 *
 * @template {{ url: string }} R
 * @param {string} specifier
 * @param {{ parentURL?: string }} context
 * @param {(specifier: string, context: { parentURL?: string }) => R | Promise<R>} next
 * @returns {R | Promise<R>}
 */
export function resolve(specifier, context, next) {
  const read = (resolved) => ({ ...resolved, url: asOftenAs(context.parentURL, resolved.url) });
  const failed = (error) => {
    if (!OURS.test(specifier) || context.parentURL === import.meta.url) throw error;
    return next(specifier, { ...context, parentURL: import.meta.url });
  };
  try {
    const resolved = next(specifier, context);
    return resolved instanceof Promise ? resolved.then(read, failed) : read(resolved);
  } catch (error) {
    return failed(error);
  }
}

/** A globally installed codexcomp cannot be found from a user's folder, nor can its RxJS: then ours are meant. */
const OURS = /^(codexcomp|rxjs)(\/|$)/;

/**
 * @param {string | undefined} parent
 * @param {string} url
 */
function asOftenAs(parent, url) {
  const reading = parent && URL.canParse(parent) ? new URL(parent).searchParams.get(READING) : null;
  if (reading === null || !url.startsWith("file:") || url.includes("/node_modules/")) return url;
  const again = new URL(url);
  again.searchParams.set(READING, reading);
  return again.href;
}
