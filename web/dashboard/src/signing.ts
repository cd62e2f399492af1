/** Signing in and out. */

import { call, type Session } from "./api.js";
import { forgetSession, rememberSession } from "./session.js";

/** Exchanges a token for a session cookie. Throws ApiError. */
export async function signIn(token: string): Promise<void> {
  rememberSession(await call<Session>("session", { method: "POST", body: { token } }));
}

export async function signOut(): Promise<void> {
  await call("session", { method: "DELETE" }).catch(() => null);
  forgetSession();
}
