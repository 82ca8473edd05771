import {
  createProxy,
  customOperators,
  defineConfig,
  detectFingerprint,
  emitEach,
  foldResponse,
  foldTerminal,
  foldTurn,
  holdTentative,
  keepAlive,
  parseEvents,
  renumber,
  withValue,
  type Config,
  type ContinueWhen,
  type CustomOperator,
  type FoldSettings,
  type JsonObject,
  type Nudge,
  type Outcome,
  type Proxy,
  type ProxySettings,
  type ResponseEvent,
  type RoundEnd,
  type RoundSignal,
  type TurnReport,
  type TurnSignal,
  type Usage,
  type Verdict,
} from "codexcomp";
import {
  marbles,
  round,
  runFold,
  simulatedUpstream,
  watchFold,
  type SimulatedUpstream,
} from "codexcomp/testing";
import { map, type MonoTypeOperatorFunction, type Observable, type OperatorFunction } from "rxjs";
import type { RunHelpers } from "rxjs/testing";
import { expectTypeOf, test } from "vitest";

// `npm run check` holds these; running them holds nothing.

test("a proxy", () => {
  expectTypeOf(createProxy).parameters.toEqualTypeOf<[settings?: ProxySettings | undefined]>();
  expectTypeOf(createProxy).returns.toEqualTypeOf<Proxy>();
  expectTypeOf<Proxy["listen"]>().toEqualTypeOf<() => Promise<string>>();
  expectTypeOf<Proxy["close"]>().toEqualTypeOf<(drain?: boolean) => Promise<void>>();
  expectTypeOf<Proxy["url"]>().toEqualTypeOf<string | undefined>();
  expectTypeOf<Proxy["turns$"]>().toEqualTypeOf<Observable<TurnReport>>();
});

test("a turn's report", () => {
  expectTypeOf<TurnReport>().toHaveProperty("id").toBeString();
  expectTypeOf<TurnReport>().toHaveProperty("model").toBeString();
  expectTypeOf<TurnReport["transport"]>().toEqualTypeOf<"http" | "json" | "websocket" | "bridge">();
  expectTypeOf<TurnReport["rounds"][number]["verdict"]>().toEqualTypeOf<Verdict>();
  expectTypeOf<TurnReport["usage"]>().toEqualTypeOf<Usage | undefined>();
  expectTypeOf<TurnReport["billed"]>().toEqualTypeOf<Usage>();
  expectTypeOf<TurnReport["seconds"]>().toBeNumber();
  expectTypeOf<TurnReport["outcome"]>().toEqualTypeOf<Outcome>();
});

test("the pipeline without a proxy", () => {
  expectTypeOf(foldTurn).parameter(0).toEqualTypeOf<string | object>();
  expectTypeOf(foldTurn).parameter(2).toEqualTypeOf<FoldSettings | undefined>();
  expectTypeOf(foldTurn).returns.toEqualTypeOf<Observable<ResponseEvent>>();
  // What opens a round may give a Promise, an async iterable, an array.
  expectTypeOf<(body: string) => AsyncIterable<ResponseEvent>>().toExtend<Parameters<typeof foldTurn>[1]>();
  expectTypeOf<(body: string) => Observable<ResponseEvent>>().toExtend<Parameters<typeof foldTurn>[1]>();
});

test("the pipeline for requests that do not stream", () => {
  type SdkResponse = { readonly id: string; readonly output_text: string };
  const openSdk = (body: string): Promise<SdkResponse> => Promise.resolve({ id: body, output_text: "" });
  expectTypeOf(foldResponse({}, openSdk)).toEqualTypeOf<Observable<SdkResponse>>();
  expectTypeOf(foldResponse("{}", (body) => [body])).toEqualTypeOf<Observable<string>>();
  expectTypeOf(foldResponse).parameter(2).toEqualTypeOf<FoldSettings | undefined>();
  // @ts-expect-error a response is text, or an object
  foldResponse({}, () => [1]);
  // @ts-expect-error what holds is not asked for
  foldResponse({}, openSdk, {}, { liveLimit: () => 1 });
});

test("settings have the names of the flags, and values that can be checked", () => {
  expectTypeOf<keyof FoldSettings>().toEqualTypeOf<
    | ("mode" | "models" | "minN" | "maxN" | "maxContinue" | "maxBilledTokens")
    | ("nudge" | "continueWhen" | "hold" | "liveModels" | "keepAliveSeconds")
  >();
  expectTypeOf<FoldSettings["nudge"]>().toEqualTypeOf<string | Nudge | undefined>();
  expectTypeOf<FoldSettings["continueWhen"]>().toEqualTypeOf<ContinueWhen | undefined>();
  expectTypeOf<ReturnType<ContinueWhen>>().toEqualTypeOf<boolean | string>();
  expectTypeOf<ReturnType<Nudge>>().toEqualTypeOf<string | JsonObject>();
  expectTypeOf(defineConfig).returns.toEqualTypeOf<Config>();
  // @ts-expect-error the name is maxContinue
  defineConfig({ maxContinues: 3 });
  // @ts-expect-error a number
  defineConfig({ port: "8787" });
});

test("an operator is written without a type annotation", () => {
  defineConfig({
    operators: {
      round: [],
      response: [
        ({ request, model, round, transport, signal, log }) => {
          expectTypeOf(request).toEqualTypeOf<JsonObject>();
          expectTypeOf(model).toBeString();
          expectTypeOf(round).toBeNumber();
          expectTypeOf(transport).toBeString();
          expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
          expectTypeOf(log).parameters.toEqualTypeOf<[level: "warn" | "info" | "debug", text: string]>();
          return map((event) => withValue(event, ["response", "model"], "mine"));
        },
      ],
    },
  });
  expectTypeOf<CustomOperator>().returns.toEqualTypeOf<OperatorFunction<ResponseEvent, ResponseEvent>>();
});

test("operators", () => {
  expectTypeOf(parseEvents).returns.toEqualTypeOf<OperatorFunction<string | Uint8Array, ResponseEvent>>();
  expectTypeOf(detectFingerprint).returns.toEqualTypeOf<
    OperatorFunction<ResponseEvent, ResponseEvent | RoundEnd>
  >();
  expectTypeOf(holdTentative).returns.toEqualTypeOf<MonoTypeOperatorFunction<RoundSignal>>();
  expectTypeOf(keepAlive).returns.toEqualTypeOf<MonoTypeOperatorFunction<TurnSignal>>();
  expectTypeOf(foldTerminal).returns.toEqualTypeOf<MonoTypeOperatorFunction<TurnSignal>>();
  expectTypeOf(renumber).returns.toEqualTypeOf<OperatorFunction<TurnSignal, ResponseEvent>>();
  expectTypeOf(customOperators).returns.toEqualTypeOf<MonoTypeOperatorFunction<ResponseEvent>>();
  expectTypeOf(emitEach<string, number>).returns.toEqualTypeOf<OperatorFunction<string, number>>();
});

test("the testing kit", () => {
  expectTypeOf(simulatedUpstream).returns.resolves.toEqualTypeOf<SimulatedUpstream>();
  expectTypeOf(runFold).returns.resolves.toEqualTypeOf<readonly ResponseEvent[]>();
  expectTypeOf(watchFold).returns.resolves.toHaveProperty("bodies").toEqualTypeOf<readonly string[]>();
  expectTypeOf(round().reasoning(516).message("21").completed()).toExtend<readonly string[]>();
  expectTypeOf(marbles<void>)
    .parameter(0)
    .parameter(0)
    .toEqualTypeOf<RunHelpers>();
});
