import { readFileSync, readdirSync } from "node:fs";
import * as library from "codexcomp";
import * as kit from "codexcomp/testing";
import ts from "typescript";
import { describe, expect, test } from "vitest";

// What people import by name: a name that goes breaks somebody. The API reference shows what is new.

const LIBRARY = `
  createProxy foldTurn foldResponse defineConfig InvalidOption InvalidRequest RoundRejected UpstreamLost
  parseEvents parseResponse NoResponse collectResponse detectFingerprint holdTentative continueRounds settleRounds keepAlive foldTerminal renumber
  customOperators guardOperator emitEach
  responseEvent withData withOutputText withValue editJson sliceJson
  isItemAdded isItemDone isLifecycle isOrdered isTerminal
  encryptedContent itemOf itemType isClientAction isHostedTool isReasoning isTentative
  billedUsage foldedUsage responseOf toWireUsage usageOf
  isEvent DEFAULT_FOLD_OPTIONS matchesGlob tierOf tokensOfTier judge whyNeverContinued
  continuationBody readRequest decideLive`;

const LIBRARY_TYPES = `
  Config FoldSettings ProxySettings Proxy Counters Health Observe OpenRound TurnHooks
  Outcome Report RoundReport TransportName TurnReport Answer LossPhase RawHeaders
  DetectOptions HoldOptions OpenNext CustomOperator OperatorContext UserOperatorHooks UserOperators
  Framing JsonObject ResponseEvent JsonEdit Usage
  RoundEnd RoundSignal TurnEnd TurnSignal FinalReason HoldRelease HoldStart RoundStart Verdict
  FoldOptions ContinueWhen FinishedRound Nudge RoundFacts TurnRequest LiveDecision LiveRules Thinking ModelSizes`;

const KIT = `
  round simulatedUpstream apiError reply echoTurnId truncatingModel marbles operatorContext
  loadRecording loadRecordings UnreadableRecording
  runFold watchFold eventsOf violations oneResponseProblems openThought sealThought sizeOfThought
  event created inProgress itemAdded itemDone delta summaryDelta completed failed incomplete comment rateLimits
  reasoning message functionCall webSearch`;

const KIT_TYPES = `
  Round RoundBuilder RoundContext RoundOptions EndOptions CallOptions CompactionOptions MessageOptions
  ReasoningOptions WebSearchOptions SealOptions Thought SimulatedUpstream SimulatedUpstreamOptions Script
  Act Answer Backend Delivery DeliveryOptions Fault Headers HttpCall ModelStep Outcome Reply
  UpstreamFrame UpstreamRequest UpstreamSocket TruncatingModelOptions CompletedOptions
  Recording RecordedRound RecordedEvent RecordedStream TurnFile VerdictNote EndNote KeptHeaders
  FoldedTurn RoundSource RunOptions TurnSource WatchedTurn`;

describe.each([
  ["codexcomp", library, LIBRARY, "src/index.ts", LIBRARY_TYPES],
  ["codexcomp/testing", kit, KIT, "src/testing/index.ts", KIT_TYPES],
])("%s exports", (_, module, values, source, types) => {
  test("these values", () => {
    expect(Object.keys(module)).toEqual(expect.arrayContaining(names(values)));
  });

  test("these types", () => {
    expect(exportedTypes(source)).toEqual(expect.arrayContaining(names(types)));
  });
});

test("every operator is exported on its own", () => {
  const operators = readdirSync("src/operators").flatMap((file) => {
    const text = readFileSync(`src/operators/${file}`, "utf8");
    return /^export function (\w+)(?:(?!^}$).)*?\): (?:MonoType)?OperatorFunction</ms.exec(text)?.[1] ?? [];
  });
  expect(operators).toContain("holdTentative");
  expect(Object.keys(library)).toEqual(expect.arrayContaining(operators));
});

function names(list: string): string[] {
  return list.trim().split(/\s+/);
}

/** The names that a module of re-exports gives as types. */
function exportedTypes(path: string): string[] {
  const { statements } = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);
  return statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || !statement.exportClause) return [];
    if (!ts.isNamedExports(statement.exportClause)) return [];
    return statement.exportClause.elements
      .filter((element) => statement.isTypeOnly || element.isTypeOnly)
      .map(({ name }) => name.text);
  });
}
