import { effectScope, type EffectScope, onScopeDispose, type ShallowRef, shallowRef, watch } from "vue";

/** What `make` gives for each key: made when the key comes, and its effects end when it goes. */
export function useEach<K extends string, T>(
  keys: () => readonly K[],
  make: (key: K) => T,
): Readonly<ShallowRef<ReadonlyMap<K, T>>> {
  const made = shallowRef<ReadonlyMap<K, T>>(new Map());
  const scopes = new Map<K, EffectScope>();

  watch(
    () => keys().join("\n"),
    () => {
      const wanted = new Set(keys());
      const kept = new Map(made.value);
      for (const [key, scope] of scopes) {
        if (wanted.has(key)) continue;
        scope.stop();
        scopes.delete(key);
        kept.delete(key);
      }
      for (const key of wanted) {
        if (scopes.has(key)) continue;
        const scope = effectScope(true);
        scopes.set(key, scope);
        kept.set(key, scope.run(() => make(key)) as T);
      }
      made.value = kept;
    },
    { immediate: true },
  );
  onScopeDispose(() => scopes.forEach((scope) => scope.stop()));
  return made;
}
