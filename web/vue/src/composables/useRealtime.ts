import {
  type Connection,
  type LiveClient,
  type LiveOptions,
  OverviewClient,
  type OverviewDocument,
  type RealtimeConfig,
  type RealtimeDocument,
  realtimeKey,
  type ServerConfig,
  shareRealtime,
  STOPPED,
} from "@footfall/client";
import {
  type MaybeRefOrGetter,
  onScopeDispose,
  type ShallowRef,
  shallowRef,
  toValue,
  watch,
} from "vue";

export interface UseLiveReturn<D> {
  /** The newest document; null before the first. It stays while the connection is lost. */
  readonly data: Readonly<ShallowRef<D | null>>;
  readonly connection: Readonly<ShallowRef<Connection>>;
}

/**
 * One site's window, kept current until the calling scope ends. Callers with equal configs share
 * one connection. When the config changes but the site does not, the old data stays until the new
 * data arrives.
 */
export function useRealtime(
  config: MaybeRefOrGetter<RealtimeConfig>,
  options: MaybeRefOrGetter<LiveOptions> = {},
): UseLiveReturn<RealtimeDocument> {
  const data = shallowRef<RealtimeDocument | null>(null);
  const connection = shallowRef<Connection>(CONNECTING);
  watch(
    [() => realtimeKey(toValue(config), toValue(options)), () => toValue(options).pollInterval],
    (_sources, _previous, onCleanup) => {
      const target = toValue(config);
      const { client, release } = shareRealtime(target, toValue(options));
      if (data.value?.siteId !== target.siteId) data.value = null;
      const unsubscribe = follow(client, data, connection);
      onCleanup(() => {
        unsubscribe();
        release();
      });
    },
    { immediate: true },
  );
  return { data, connection };
}

/** Every site that the reader may see, kept current until the calling scope ends. */
export function useOverview(config: ServerConfig = {}): UseLiveReturn<OverviewDocument> {
  const data = shallowRef<OverviewDocument | null>(null);
  const connection = shallowRef<Connection>(CONNECTING);
  const client = new OverviewClient(config);
  const unsubscribe = follow(client, data, connection);
  client.start();
  onScopeDispose(() => {
    unsubscribe();
    client.stop();
  });
  return { data, connection };
}

const CONNECTING: Connection = { ...STOPPED, status: "connecting" };

function follow<D extends object>(
  client: LiveClient<D>,
  data: ShallowRef<D | null>,
  connection: ShallowRef<Connection>,
): () => void {
  const update = (state: LiveClient<D>["state"]): void => {
    data.value = state.data ?? data.value;
    connection.value = state.connection;
  };
  update(client.state);
  return client.subscribe(update);
}
