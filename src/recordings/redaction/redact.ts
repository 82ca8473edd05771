import { responseEvent, type ResponseEvent } from "../../protocol/event.js";
import { isCredential } from "./credentials.js";
import { filler } from "./filler.js";
import type { Pseudonyms } from "./pseudonyms.js";
import { rewriteJson, type Place, type Rewriting } from "./rewriteJson.js";

/** Words of the protocol: the only texts that stay, and only where they look like one. */
const WORDS = new Set([
  ...[
    "type",
    "object",
    "status",
    "role",
    "phase",
    "model",
    "effort",
    "service_tier",
    "verbosity",
    "truncation",
  ],
  ...["include", "tool_choice", "reason"],
]);
const WORD = /^[a-z][\w.:/-]{0,63}$/i;

/** The settings of `reasoning.summary`, which elsewhere is the summary. */
const SUMMARIES = /^(auto|concise|detailed|none)$/;

/** Objects whose members people name: their names and all that is in them. */
const MAPS = /^(metadata|client_metadata|arguments|env|variables|filters|user_location|logit_bias)$/;

/** JSON schemas, of which the structure stays. */
const SCHEMAS = /^(parameters|schema|input_schema|output_schema)$/;
const SCHEMA_TYPES = /^(string|number|integer|boolean|object|array|null)$/;
/** Members of schemas whose members people name. */
const SCHEMA_MAPS = /^(properties|patternProperties|\$defs|definitions|dependentRequired|dependentSchemas)$/;

/** What names a tool, or what it belongs to. */
const NAMES = /^(name|namespace|server_label)$/;
const IDS = /^(id|.*_id|prompt_cache_key|safety_identifier|user)$/;

/** Replaces the texts of JSON texts by filler, and keeps their structure, sizes and numbers. */
export interface Redaction {
  /** A JSON text; what is no JSON is all filler. */
  json(text: string): string;
  event(event: ResponseEvent): ResponseEvent;
}

export function redaction(other: Pseudonyms): Redaction {
  const rewriting = (isError: boolean): Rewriting => ({
    text: (raw, place) => {
      const { name } = place;
      if (isCredential(raw, place)) return filler(raw);
      if (isOurs(place)) return undefined;
      if (isWithin(MAPS, place)) return filler(raw);
      if (isWithin(SCHEMAS, place))
        return name === "type" && SCHEMA_TYPES.test(raw) ? undefined : filler(raw);
      if (name === "encrypted_content") return other.sealed(raw);
      if (IDS.test(name)) return other.id(raw);
      if (NAMES.test(name)) return other.word(raw);
      return isWord(raw, place, isError) ? undefined : filler(raw);
    },
    number: (raw, place) => {
      // `bytes` of logprobs are text in numbers
      const speaks = place.name === "bytes" || (isWithin(MAPS, place) && !isOurs(place));
      return speaks ? raw.replace(/\d/g, "1") : undefined;
    },
    name: (raw, { name, within }) => {
      const place = { name: raw, within };
      const isNamedByPeople = isWithin(MAPS, place) || (isWithin(SCHEMAS, place) && SCHEMA_MAPS.test(name));
      return isNamedByPeople && !isOurs(place) ? other.word(raw) : undefined;
    },
  });

  const json = (text: string): string =>
    rewriteJson(text, rewriting(/^\s*\{\s*"(type"\s*:\s*"error|error)"/.test(text))) ?? filler(text);
  return {
    json,
    event: ({ data, framing }) => {
      if (framing?.comment) return responseEvent(filler(data), framing);
      const id = framing?.id === undefined ? {} : { id: other.id(framing.id) };
      const isName = framing?.event === undefined || WORD.test(framing.event);
      const kept = framing && { ...framing, ...id, ...(isName ? {} : { event: "x" }) };
      return responseEvent(data === "[DONE]" ? data : json(data), kept);
    },
  };
}

function isWithin(names: RegExp, { within }: Place): boolean {
  return within.some((name) => names.test(name));
}

/** What the proxy writes into `metadata`: numbers, and words of its own. */
function isOurs({ name, within }: Place): boolean {
  return [...within, name].some((each) => /^proxy_(rounds|billed_usage|stopped_reason)$/.test(each));
}

function isWord(raw: string, { name, within }: Place, isError: boolean): boolean {
  // The code of an error; elsewhere it may be code that was run.
  if (name === "code") return (isError || within.at(-1) === "error") && WORD.test(raw);
  if (name === "summary") return SUMMARIES.test(raw);
  return WORDS.has(name) && WORD.test(raw);
}
