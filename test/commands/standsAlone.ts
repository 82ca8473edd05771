import { expect } from "vitest";

/** Holds a file of charts to what people are told of it: nothing runs in it, it asks nobody, and it has no ids. */
export function expectToStandAlone(html: string): void {
  expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(html).toMatch(/http-equiv="Content-Security-Policy" content="default-src (?:'|&#39;)none/);
  expect(html).toMatch(/<svg [^]*<title[^]*<\/svg>/);
  expect(html).not.toMatch(/<script|<link|<iframe|<img|@import|\bon[a-z]+=/i);
  expect(html).not.toMatch(/\b(src|href|srcset|action)\s*=|url\(/i);
  expect(html.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:/);
  // Ids of sessions, turns and responses.
  expect(html).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-|\bresp_|\brs_/);
}
