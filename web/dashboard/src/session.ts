/** Signing in and out: a token becomes a cookie that no script can read. */

const PATH = "/api/analytics/session";
/** Whether to offer signing out: the cookie itself is out of sight. */
const MARK = "footfall-signed-in";

/** Resolves to null when signed in, else to what to tell the reader. */
export async function signIn(token: string): Promise<string | null> {
  const response = await fetch(PATH, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token }),
  }).catch(() => null);
  if (!response) return "The server could not be reached. Try again in a moment.";
  if (response.ok) {
    remember(true);
    return null;
  }
  const body = (await response.json().catch(() => null)) as { error?: string } | null;
  return body?.error ?? `The server answered ${response.status}.`;
}

export async function signOut(): Promise<void> {
  await fetch(PATH, { method: "DELETE" }).catch(() => null);
  remember(false);
}

export function isSignedIn(): boolean {
  try {
    return localStorage.getItem(MARK) !== null;
  } catch {
    return false;
  }
}

function remember(signedIn: boolean): void {
  try {
    if (signedIn) localStorage.setItem(MARK, "1");
    else localStorage.removeItem(MARK);
  } catch {
    // Storage is forbidden: then signing out is not offered, and nothing else is lost.
  }
}
