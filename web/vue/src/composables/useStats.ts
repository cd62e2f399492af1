import { fetchStats, type StatsConfig, type StatsDocument } from "@footfall/client";
import {
  type MaybeRefOrGetter,
  onScopeDispose,
  type ShallowRef,
  shallowRef,
  toValue,
  watch,
} from "vue";

export interface UseStatsOptions {
  /** Milliseconds between an answer and the next request; 0: only once. Default: 30000. */
  readonly interval?: number;
}

export interface UseStatsReturn {
  /** The newest report; null before the first. It stays while another is loading, or failed. */
  readonly data: Readonly<ShallowRef<StatsDocument | null>>;
  /** True while a report of another config than that of `data` is awaited. */
  readonly isLoading: Readonly<ShallowRef<boolean>>;
  /** Why the last request failed; null when it succeeded. */
  readonly error: Readonly<ShallowRef<Error | null>>;
}

const DEFAULT_INTERVAL = 30_000;
const SHORTEST_INTERVAL = 1_000;

/**
 * The report of `config`, read again when it changes, and from time to time while the tab is
 * visible. With null there is none. Ends with the calling scope.
 */
export function useStats(
  config: MaybeRefOrGetter<StatsConfig | null>,
  options: UseStatsOptions = {},
): UseStatsReturn {
  const data = shallowRef<StatsDocument | null>(null);
  const isLoading = shallowRef(false);
  const error = shallowRef<Error | null>(null);
  const { interval = DEFAULT_INTERVAL } = options;
  let abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function read(wanted: StatsConfig, signal: AbortSignal): Promise<void> {
    if (!document.hidden || data.value === null) {
      try {
        const answer = await fetchStats(wanted, signal);
        if (signal.aborted) return;
        data.value = answer;
        error.value = null;
      } catch (reason) {
        if (signal.aborted) return;
        error.value = reason as Error;
      }
      isLoading.value = false;
    }
    if (interval > 0) {
      timer = setTimeout(() => void read(wanted, signal), Math.max(interval, SHORTEST_INTERVAL));
    }
  }

  function end(): void {
    abort.abort();
    clearTimeout(timer);
  }

  watch(
    () => JSON.stringify(toValue(config)),
    () => {
      end();
      abort = new AbortController();
      const wanted = toValue(config);
      isLoading.value = wanted !== null;
      if (wanted !== null) void read(wanted, abort.signal);
      else data.value = error.value = null;
    },
    { immediate: true },
  );
  onScopeDispose(end);
  return { data, isLoading, error };
}
