import { type Ref, ref, type ShallowRef, shallowRef } from "vue";
import { call, type Scope, type Token } from "../api.js";
import { type UseSaving, useSaving } from "./saving.js";

export interface UseTokens {
  /** Null until they came. */
  readonly tokens: Readonly<ShallowRef<readonly Token[] | null>>;
  readonly saving: UseSaving;
  /** The secret of the token made last: the server tells it only once. */
  readonly secret: Readonly<Ref<string | null>>;
  make(scope: Scope, name: string): Promise<boolean>;
  revoke(token: Token): Promise<boolean>;
}

/** The tokens of one site, or (null) those of every site, of the `scopes` asked for. */
export function useTokens(siteId: string | null, scopes: readonly Scope[]): UseTokens {
  const tokens = shallowRef<readonly Token[] | null>(null);
  const secret = ref<string | null>(null);
  const saving = useSaving();

  async function load(): Promise<void> {
    const all = await call<Token[]>("tokens");
    tokens.value = all.filter((each) => each.siteId === siteId && scopes.includes(each.scope));
  }

  function make(scope: Scope, name: string): Promise<boolean> {
    return saving.save(async () => {
      const body = { scope, siteId, name };
      const made = await call<Token & { secret: string }>("tokens", { method: "POST", body });
      secret.value = made.secret;
      await load();
    });
  }

  function revoke(token: Token): Promise<boolean> {
    return saving.save(async () => {
      await call(`tokens/${encodeURIComponent(token.id)}`, { method: "DELETE" });
      secret.value = null;
      await load();
    });
  }

  void load().catch(() => (tokens.value = []));
  return { tokens, saving, secret, make, revoke };
}
