import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { round } from "../../../src/testing/index.js";
import { freePort } from "../../transport/support/upstreams.js";
import { openPage, startBrowser } from "./browser.js";
import { program } from "./program.js";
import { scene } from "./scene.js";
import { stepwise } from "./stepwise.js";

const truncated = round()
  .reasoning(516)
  .functionCall("shell", { command: ["ls"] })
  .completed();
const natural = round().reasoning(900).message("21").completed();

describe.skipIf(program === undefined)("the page in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => (browser = await startBrowser()));
  afterAll(() => browser.close());

  it("shows a turn that is cut: its lane appears, holds, goes on, finishes and unfolds", async () => {
    const [first, second] = [stepwise(truncated), stepwise(natural)];
    const { address, turn } = await scene([{ events: first.events }, { events: second.events }]);
    const page = await openPage(browser, address);
    await page.getByText("Nothing is running").waitFor();

    const done = turn();
    const lane = page.locator(".lane");
    await lane.waitFor();
    expect(await lane.locator(".who").innerText()).toMatch(/gpt-5\.5\s+high\s+POST/);
    first.goOn("response.output_item.done");
    await lane.locator(".stretch.thinking").waitFor();
    await lane.getByText("round 1: thinking").waitFor();
    first.goOn("response.output_item.added");
    await lane.locator(".stretch.holding").waitFor();
    await lane.getByText("round 1: answer held").waitFor();
    first.goOn();
    await lane.locator(".mark.tier").waitFor();
    expect(await lane.locator(".mark.tier").innerText()).toBe("516");
    await lane.getByText("round 1: cut at 516, thinks on").waitFor();
    await lane.getByText("round 2: thinking").waitFor();
    second.goOn();
    await done;
    await lane.waitFor({ state: "detached" });

    const row = page.locator(".last li");
    await row.getByText("finished thought").first().waitFor();
    expect(await row.locator("summary").innerText()).toContain("2 rounds");
    // By keyboard, as everything can be done.
    await row.locator("summary").focus();
    await page.keyboard.press("Enter");
    await row.locator("tbody tr").nth(1).waitFor();
    expect(await row.locator("tbody tr").allInnerTexts()).toEqual([
      expect.stringMatching(/^1\s+516\s+1\s+cut: continued\s+held: function_call\s/),
      expect.stringMatching(/^2\s+900\s+–\s+finished thought\s+held: message\s/),
    ]);
    await row.getByText(/tokens and .* more than the first round alone/).waitFor();

    await page.reload();
    await page.locator(".last li").getByText("2 rounds").waitFor();
    await page.getByText("5 h window").waitFor();
    await page.getByText("42% used").waitFor();
  });

  it("comes back when the proxy does", async () => {
    const port = await freePort();
    const before = await scene([natural], { port });
    const page = await openPage(browser, before.address);
    await before.turn();
    await page.locator(".last li").waitFor();
    before.proxy.kill("SIGKILL");
    await before.proxy.exit;
    await page.getByText("not connected").waitFor();

    const after = await scene([natural], { port });
    await page.locator(".connection.open").waitFor();
    await page.getByText("No turn has finished since the start").waitFor();
    await after.turn();
    await page.locator(".last li").waitFor();
  });

  it("stays small and answers while a thousand turns run", async () => {
    const { address, turn } = await scene(() => quick);
    const page = await openPage(browser, address);
    const session = await page.context().newCDPSession(page);
    await page.locator(".did .figures").waitFor();
    let left = 1000;
    const client = async (): Promise<void> => {
      while (left-- > 0) await turn();
    };
    const all = Promise.all(Array.from({ length: 8 }, client));
    await page.locator(".last li").nth(20).waitFor();
    await page.getByRole("button", { name: "30 days" }).click();
    await page.getByRole("button", { name: "30 days", pressed: true }).waitFor();
    await all;
    await page.locator(".lane").first().waitFor({ state: "detached" });
    await page
      .locator(".rows")
      .getByText(/turns 1,000 ·/)
      .waitFor();

    expect(await page.locator(".last li").count()).toBe(50);
    await session.send("HeapProfiler.enable");
    await session.send("HeapProfiler.collectGarbage");
    await session.send("Performance.enable");
    const { metrics } = await session.send("Performance.getMetrics");
    const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Infinity;
    expect(of("JSHeapUsedSize")).toBeLessThan(100 * 1024 * 1024);
    expect(of("Nodes")).toBeLessThan(20_000);
  });

  it.each([
    [360, "light"],
    [360, "dark"],
    [1280, "light"],
    [1280, "dark"],
    [1600, "light"],
  ] as const)("is for everybody at %i pixels, %s", async (width, scheme) => {
    const held = stepwise(truncated);
    const { address, turn } = await scene([truncated, natural, { events: held.events }, natural], {
      flags: ["--max-extra-tokens-per-day", "2000000"],
    });
    const page = await openPage(browser, address, { width, scheme });
    await page.getByRole("meter", { name: "Extra tokens of the last 24 hours" }).waitFor();
    await turn();
    const running = turn();
    await page.locator(".did .figures").waitFor();
    held.goOn("response.output_item.added");
    await page.locator(".lane").waitFor();
    await page.locator(".last summary").click();
    await page.getByText("The tiers in numbers").click();
    await page.getByRole("button", { name: "7 days" }).click();

    const violations = await violationsIn(page);
    expect(violations).toEqual([]);
    const sideways = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    expect(sideways).toBeLessThanOrEqual(0);
    if (width !== 1600) await page.screenshot({ path: `.cache/page/${width}-${scheme}.png`, fullPage: true });
    held.goOn();
    await running;
  });

  it("reads Codex' own logs when asked to", async () => {
    const { address } = await scene([]);
    const page = await openPage(browser, address);
    await page.getByRole("button", { name: "Codex' own logs" }).click();
    await page.getByRole("button", { name: "Read Codex' logs of the last 30 days" }).click();
    await page.getByText(/\d+ session logs, \d+ responses/).waitFor();
    await page.getByRole("button", { name: "Read them again" }).waitFor();
  });

  it("speaks Chinese to a Chinese browser", async () => {
    const { address } = await scene([]);
    const page = await openPage(browser, address, { locale: "zh-CN" });
    await page.getByRole("heading", { name: "做过什么" }).waitFor();
    expect(await page.evaluate("document.documentElement.lang")).toBe("zh-CN");
    expect(await page.locator("#page").innerText()).not.toMatch(/\b(turns|tokens|today|running)\b/);
  });

  it.each([
    ["en-US", /Extra tokens of the last 24 hours/, /turns are only observed until/],
    ["zh-CN", /最近 24 小时的额外 token/, /请求仅被观察/],
  ])("says in %s what continuations may still cost", async (locale, title, empty) => {
    const flags = ["--no-journal", "--max-extra-tokens-per-day"];
    const { address, turn } = await scene([truncated, natural], { flags: [...flags, "1"] });
    const page = await openPage(browser, address, { locale });
    const purse = page.getByRole("meter", { name: title });
    await purse.waitFor();
    expect(await purse.getAttribute("aria-valuetext")).toMatch(/^0 (of|\/) 1$/);
    expect(await page.getByText(empty).count()).toBe(0);
    await turn();
    await page.getByText(empty).waitFor();
    expect(await purse.getAttribute("aria-valuenow")).toBe("100");

    const unlimited = await openPage(browser, (await scene([])).address, { locale });
    await unlimited.locator(".rows").waitFor();
    expect(await unlimited.getByRole("meter").count()).toBe(0);
  });

  it("says that there is no journal where there is none", async () => {
    const { address } = await scene([], { flags: ["--no-journal"] });
    const page = await openPage(browser, address);
    await page.getByText("No journal is kept (--no-journal)").waitFor();
  });

  it("has a picture for the README", async () => {
    const kept = process.env["PAGE_PICTURE"];
    /** Lanes that have a length, in the picture that is kept. */
    const aWhile = () => new Promise((resolve) => setTimeout(resolve, kept ? 5000 : 0));
    const [held, thinking, answering] = [stepwise(truncated), stepwise(natural), stepwise(natural)];
    const { address, turn } = await scene([
      ...[truncated, natural, natural, { status: 503 }, truncated, { status: 500 }],
      ...[{ events: held.events }, { events: thinking.events }, { events: answering.events }],
    ]);
    const page = await openPage(browser, address, { width: 1180 });
    for (let i = 0; i < 4; i++) await turn({ reasoning: { effort: ["high", "medium", "xhigh", "high"][i] } });
    const first = turn();
    await page.locator(".lane").waitFor();
    held.goOn("response.output_item.done");
    await aWhile();
    held.goOn("response.output_item.added");
    await page.locator(".lane .stretch.holding").waitFor();
    await aWhile();
    held.goOn();
    await page.locator(".lane .mark.tier").waitFor();
    const second = turn({ model: "gpt-6-astra", reasoning: { effort: "medium" } });
    await page.locator(".lane").nth(1).waitFor();
    await aWhile();
    answering.goOn("response.output_item.done");
    answering.goOn("response.output_item.added");
    await aWhile();
    await page.locator(".did .figures").waitFor();
    await page.locator(".last summary").nth(3).click();
    const path = kept ?? ".cache/page/page.png";
    const { y = 0, height = 0 } = (await page.locator(".picture").boundingBox()) ?? {};
    const clip = { x: 0, y: 0, width: 1180, height: Math.ceil(y + height + 16) };
    const picture = await page.screenshot({ path, fullPage: true, clip });
    expect(picture.length).toBeLessThan(200_000);
    thinking.goOn();
    answering.goOn();
    await Promise.all([first, second]);
  });
});

const quick = round().reasoning(100).message("ok").completed();

/** What axe finds against the rules for everybody, in a few words. */
async function violationsIn(page: Page): Promise<unknown[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: inPage } = globalThis as unknown as { axe: typeof axe };
    const { violations } = await inPage.run();
    return violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ html, failureSummary }) => [html, failureSummary]),
    }));
  });
}
