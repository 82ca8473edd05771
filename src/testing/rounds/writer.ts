import type { JsonObject } from "../../protocol/event.js";
import { toWireUsage, type Usage } from "../../protocol/usage.js";
import { sealThought, type Thought } from "../encryptedContent.js";
import { idsFrom, type Ids } from "./ids.js";
import { responseText } from "./responseObject.js";
import type { RoundContext } from "./roundContext.js";

/** Writes one response's events as the backend writes them, and keeps count. */
export interface RoundWriter {
  readonly ids: Ids;
  readonly context: RoundContext;
  /** The events so far. */
  readonly texts: string[];
  /** The done items so far. */
  readonly items: JsonObject[];
  /** The output index of the next item. */
  readonly nextIndex: number;
  /** Tokens counted so far. */
  readonly tokens: { reasoning: number; visible: number };
  /** An event of the response: gets its `sequence_number`. */
  emit(type: string, fields: JsonObject): void;
  /** A text that is put between them as it is. */
  raw(text: string): void;
  /** `response.output_item.added`. @returns the item's output index */
  added(item: JsonObject): number;
  /** `response.output_item.done` */
  done(item: JsonObject): void;
  /** One delta event for each part of a text; with `obfuscation`, and each counted as one visible token. */
  deltas(type: string, parts: readonly string[], fields: JsonObject): void;
  /** True where the request asks for encrypted reasoning; without a request: true. */
  readonly wantsThoughts: boolean;
  /** Encrypted content that the round's account can replay. */
  seal(thought: Thought, name: string, bytes?: number): string;
  /** An event with the whole response object: a lifecycle event or a terminal. */
  lifecycle(type: string, status: string, fields?: JsonObject): void;
  /** What the round reports as used. */
  usage(overrides: Partial<Usage>): JsonObject;
}

export function roundWriter(context: RoundContext, responseId?: string): RoundWriter {
  const ids = { ...idsFrom(context.seed), ...(responseId !== undefined && { response: responseId }) };
  const texts: string[] = [];
  const items: JsonObject[] = [];
  const tokens = { reasoning: 0, visible: 0 };
  let nextIndex = 0;
  let sequence = 0;

  const emit = (type: string, fields: JsonObject): void => {
    texts.push(JSON.stringify({ type, ...inOrder({ ...fields, sequence_number: sequence++ }) }));
  };

  return {
    ids,
    context,
    texts,
    items,
    tokens,
    get nextIndex() {
      return nextIndex;
    },
    emit,
    raw: (text) => texts.push(text),
    added(own) {
      const item = { ...own, ...context.itemFields };
      emit("response.output_item.added", { item, output_index: nextIndex });
      return nextIndex++;
    },
    done(own) {
      const item = { ...own, ...context.itemFields };
      items.push(item);
      emit("response.output_item.done", { item, output_index: nextIndex - 1 });
    },
    deltas(type, parts, fields) {
      tokens.visible += parts.length;
      for (const delta of parts) {
        const obfuscation = ids.filler(sequence, 16 - (delta.length % 16));
        emit(type, { ...fields, delta, obfuscation });
      }
    },
    wantsThoughts: asksForThoughts(context.request),
    seal(thought, name, bytes) {
      const { account, createdAt: at } = context;
      return sealThought(thought, { account, at, seed: `${context.seed}/${name}`, bytes });
    },
    lifecycle(type, status, fields = {}) {
      const response = responseText(context, { id: ids.response, status, ...fields });
      texts.push(`{"type":"${type}","response":${response},"sequence_number":${sequence++}}`);
    },
    usage(overrides) {
      const reasoning = overrides.reasoning ?? tokens.reasoning;
      const input = overrides.input ?? context.inputTokens ?? 1000;
      const cached = overrides.cached ?? context.cachedTokens ?? 0;
      const output = overrides.output ?? reasoning + tokens.visible;
      return toWireUsage({ input, cached, output, reasoning, total: overrides.total ?? input + output });
    },
  };
}

/** The backend writes an event's members in alphabetical order, behind `type`. */
function inOrder(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Encrypted content comes only where `include` asks for it (API reference of `include`). */
function asksForThoughts(request: JsonObject | undefined): boolean {
  if (!request) return true;
  const { include } = request;
  return Array.isArray(include) && include.includes("reasoning.encrypted_content");
}
