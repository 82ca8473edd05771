import type { JsonObject } from "../../protocol/event.js";

/** How much of a prompt an upstream has read before. */
export interface CachedPrefix {
  /** Items at the beginning of the conversation that an earlier request with the same cache key brought, unchanged. */
  readonly items: number;
  /** Tokens of the prompt up to there; 0 where even the instructions or the tools differ. */
  readonly tokens: number;
}

/** The prompt cache: what was read under each `prompt_cache_key`. */
export interface PromptCache {
  /**
   * Finds the longest prefix that was read before, and remembers the prompt. Without a key nothing is cached.
   *
   * @param tokens of the whole prompt
   */
  read(body: JsonObject, history: readonly JsonObject[], tokens: number): CachedPrefix;
}

interface Prompt {
  /** The instructions and tools, then each item. */
  readonly parts: readonly string[];
  readonly tokens: number;
}

/** Prompts that are remembered of each key. */
const REMEMBERED = 64;

const NOTHING: CachedPrefix = { items: 0, tokens: 0 };

export function promptCache(): PromptCache {
  const prompts = new Map<string, readonly Prompt[]>();
  return {
    read: (body, history, tokens) => {
      const key = body["prompt_cache_key"];
      if (typeof key !== "string" || key === "") return NOTHING;
      const head = JSON.stringify([body["model"], body["instructions"], body["tools"]]);
      const parts = [head, ...history.map((item) => JSON.stringify(item))];
      const earlier = prompts.get(key) ?? [];
      prompts.set(key, [...earlier, { parts, tokens }].slice(-REMEMBERED));
      const found = earlier.map((prompt) => prefixOf(parts, prompt));
      return found.reduce((best, other) => (other.items >= best.items ? other : best), NOTHING);
    },
  };
}

function prefixOf(parts: readonly string[], { parts: earlier, tokens }: Prompt): CachedPrefix {
  const common = commonPrefix(parts, earlier);
  if (common === earlier.length) return { items: common - 1, tokens };
  const characters = parts.slice(0, common).reduce((sum, { length }) => sum + length, 0);
  return { items: Math.max(common - 1, 0), tokens: Math.ceil(characters / 4) };
}

function commonPrefix(one: readonly string[], other: readonly string[]): number {
  const differs = one.findIndex((part, index) => part !== other[index]);
  return differs < 0 ? one.length : differs;
}
