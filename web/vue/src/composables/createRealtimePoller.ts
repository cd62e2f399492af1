import {
  createRealtimePoller as createPoller,
  type PollerConfig,
  type RealtimeDocument,
} from "@footfall/client";
import { getCurrentScope, onScopeDispose, type ShallowRef, shallowRef } from "vue";

export interface RealtimePollerReturn {
  /** The newest document; null before the first. It stays when a request fails. */
  readonly data: Readonly<ShallowRef<RealtimeDocument | null>>;
  /** True from `start` until the first answer. */
  readonly isLoading: Readonly<ShallowRef<boolean>>;
  /** Why the last request failed; null when it succeeded. */
  readonly error: Readonly<ShallowRef<Error | null>>;
  start(): void;
  stop(): void;
}

/** The client's poller with refs. It is not started yet, and stops when the calling scope ends. */
export function createRealtimePoller(config: PollerConfig): RealtimePollerReturn {
  const poller = createPoller(config);
  const data = shallowRef(poller.data);
  const isLoading = shallowRef(poller.isLoading);
  const error = shallowRef(poller.error);
  poller.subscribe(() => {
    data.value = poller.data;
    isLoading.value = poller.isLoading;
    error.value = poller.error;
  });
  const { start, stop } = poller;
  if (getCurrentScope()) onScopeDispose(stop);
  return { data, isLoading, error, start, stop };
}
