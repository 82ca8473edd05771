import type { HttpCall, Reply } from "../../../../src/testing/index.js";
import { reply } from "../../../../src/testing/index.js";

/**
 * Logins as Codex keeps them in `auth.json`. That of ChatGPT is one with unsigned tokens: enough for Codex, which reads
 * the claims and leaves judging the signature to the backend.
 */

export const ACCOUNT = "account-of-the-test";

/** What the login's first access token is called; a refresh issues `fresh`. */
export type TokenName = "first" | "fresh";

export function chatgptJson(): object {
  return {
    OPENAI_API_KEY: null,
    tokens: {
      id_token: token("first"),
      access_token: token("first"),
      refresh_token: "refresh-of-the-test",
      account_id: ACCOUNT,
    },
    last_refresh: new Date().toISOString(),
  };
}

export function apiKeyJson(): object {
  return { auth_mode: "apikey", OPENAI_API_KEY: "key-of-the-test" };
}

/** Answers the token endpoint that `CODEX_REFRESH_TOKEN_URL_OVERRIDE` names. */
export function tokenEndpoint({ method, url }: HttpCall): Reply | undefined {
  if (method !== "POST" || url !== TOKEN_PATH) return undefined;
  const fresh = token("fresh");
  return reply(200, { id_token: fresh, access_token: fresh, refresh_token: "refresh-of-the-test-2" });
}

export const TOKEN_PATH = "/oauth/token";

/** True for a request that still carries the token from before the refresh. */
export function isStale({ authorization }: { readonly authorization?: string | undefined }): boolean {
  return authorization !== `Bearer ${token("fresh")}`;
}

function token(name: TokenName): string {
  const claims = {
    email: "tester@example.com",
    jti: name,
    exp: 4102444800, // 2100: no refresh of Codex' own accord
    "https://api.openai.com/auth": {
      chatgpt_account_id: ACCOUNT,
      chatgpt_plan_type: "pro",
      chatgpt_user_id: "user-of-the-test",
    },
  };
  return [{ alg: "none", typ: "JWT" }, claims, "unsigned"]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
}
