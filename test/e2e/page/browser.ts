import { chromium, type Browser, type Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { program } from "./program.js";

if (program === undefined)
  console.warn(
    "SKIPPED: the page in a browser; there is no Chromium (apt-get install chromium, or CHROMIUM=...)",
  );

/** Starts a browser that talks to nobody by itself. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: program ?? "",
    args: [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    ],
  });
}

export interface Sight {
  readonly width?: number;
  readonly scheme?: "light" | "dark";
  readonly locale?: string;
}

/**
 * Opens the page, and holds it to what every page must keep: no error, no violation of its policy, and no request to
 * anybody but the proxy.
 */
export async function openPage(
  browser: Browser,
  address: string,
  { width = 1280, scheme = "light", locale = "en-US" }: Sight = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    locale,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const wrong: string[] = [];
  const { origin } = new URL(address);
  page.on("pageerror", ({ message }) => wrong.push(message));
  page.on("console", (message) => {
    // A proxy that is not there is said by the browser itself.
    if (
      message.type() === "error" &&
      !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE|ERR_EMPTY|ERR_CONNECTION_RESET/.test(message.text())
    )
      wrong.push(message.text());
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.origin !== origin) wrong.push(`a request to ${request.url()}`);
  });
  onTestFinished(async () => {
    await context.close();
    expect(wrong).toEqual([]);
  });
  await page.addInitScript({ content: TELL_VIOLATIONS });
  await page.goto(address);
  return page;
}

const TELL_VIOLATIONS = `addEventListener("securitypolicyviolation", (event) => {
  console.error("policy: " + event.violatedDirective);
});`;
