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
  /** The newest document; null before the first. Stays while the connection is away. */
  readonly data: Readonly<ShallowRef<D | null>>;
  readonly connection: Readonly<ShallowRef<Connection>>;
}

/**
 * One site's window, live for as long as the calling scope lives. Callers with equal configs
 * share one connection. When the config changes, the data of the same site stays until the new
 * has come.
 */
export function useRealtime(
  config: MaybeRefOrGetter<RealtimeConfig>,
  options: MaybeRefOrGetter<LiveOptions> = {},
): UseLiveReturn<RealtimeDocument> {
  const data = shallowRef<RealtimeDocument | null>(null);
  const connection = shallowRef<Connection>(IDLE);
  watch(
    () => realtimeKey(toValue(config), toValue(options)),
    (_key, _before, onCleanup) => {
      const target = toValue(config);
      const { client, release } = shareRealtime(target, toValue(options));
      if (data.value?.siteId !== target.siteId) data.value = null;
      const unfollow = follow(client, data, connection);
      onCleanup(() => {
        unfollow();
        release();
      });
    },
    { immediate: true },
  );
  return { data, connection };
}

/** Every site the reader may see, live for as long as the calling scope lives. */
export function useOverview(config: ServerConfig = {}): UseLiveReturn<OverviewDocument> {
  const data = shallowRef<OverviewDocument | null>(null);
  const connection = shallowRef<Connection>(IDLE);
  const client = new OverviewClient(config);
  const unfollow = follow(client, data, connection);
  client.start();
  onScopeDispose(() => {
    unfollow();
    client.stop();
  });
  return { data, connection };
}

const IDLE: Connection = {
  status: "connecting",
  transport: null,
  since: null,
  code: null,
  reason: null,
};

function follow<D extends object>(
  client: LiveClient<D>,
  data: ShallowRef<D | null>,
  connection: ShallowRef<Connection>,
): () => void {
  const take = (state: LiveClient<D>["state"]): void => {
    data.value = state.data ?? data.value;
    connection.value = state.connection;
  };
  take(client.state);
  return client.subscribe(take);
}
