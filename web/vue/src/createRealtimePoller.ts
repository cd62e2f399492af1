import {
  createRealtimePoller as createPoller,
  type PollerConfig,
  type RealtimeDocument,
} from "@footfall/client";
import { getCurrentScope, onScopeDispose, type ShallowRef, shallowRef } from "vue";

export interface RealtimePollerReturn {
  /** The newest document; null before the first. Stays when a reading fails. */
  readonly data: Readonly<ShallowRef<RealtimeDocument | null>>;
  /** True from `start` to the first answer. */
  readonly isLoading: Readonly<ShallowRef<boolean>>;
  /** Why the latest reading failed; null when it did not. */
  readonly error: Readonly<ShallowRef<Error | null>>;
  start(): void;
  stop(): void;
}

/** The client's poller with refs. Not yet started; stops with the scope it is made in. */
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
