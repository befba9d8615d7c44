// Loading data into a view: what is there, what went wrong, and a refresh while the page is looked at.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, get } from './api';

const kRefresh = 15_000;  // ms

export interface Loaded<T> { data: T | undefined; error: ApiError | undefined; is_loading: boolean; reload(): void }

export interface LoadOptions {
  keep?: boolean;   // what the former path gave stays until the new one answers: a search while typing
  still?: boolean;  // loaded once, not again and again
}

export function useLoaded<T>(path: string, { keep = false, still = false }: LoadOptions = {}): Loaded<T> {
  const [state, set_state] = useState<{ path: string; data?: T; error?: ApiError; is_loading: boolean }>({ path, is_loading: true });
  const running = useRef<AbortController | undefined>(undefined);
  const reload = useCallback(() => {
    running.current?.abort();
    const mine = (running.current = new AbortController());
    set_state((old) => ({ path, data: keep || old.path === path ? old.data : undefined, error: old.path === path ? old.error : undefined, is_loading: true }));
    get<T>(path, mine.signal).then(
      (data) => set_state({ path, data, is_loading: false }),
      (error) => { if (error instanceof ApiError) set_state((old) => ({ ...old, error, is_loading: false })); });
  }, [path, keep]);
  useEffect(() => {
    reload();
    const timer = setInterval(() => { if (!document.hidden && !still) reload(); }, kRefresh);
    return () => {
      clearInterval(timer);
      running.current?.abort();
    };
  }, [reload, still]);
  const is_mine = state.path === path;
  return { data: is_mine || keep ? state.data : undefined, error: is_mine ? state.error : undefined, is_loading: !is_mine || state.is_loading, reload };
}

export interface List<T> extends Loaded<T[]> { has_more: boolean; more(): void }

// Where a list's answer has its rows and how its next page is asked for.
export interface ListShape extends LoadOptions { rows?: string; cursor?: string }

// A list page by page. What "more" fetched stays while the first page is refreshed; a row is known by its key.
export function useList<T>(path: string, key: (row: T) => string, { rows = 'items', cursor = 'before', ...options }: ListShape = {}): List<T> {
  type Answer = Record<string, T[]> & { next: string | null };
  const first = useLoaded<Answer>(path, options);
  const [more_of, set_rest] = useState<{ path: string; items: T[]; next: string | null } | undefined>();
  const [more_error, set_error] = useState<ApiError | undefined>();
  const rest = more_of?.path === path ? more_of : undefined;
  const next = rest ? rest.next : first.data?.next ?? null;
  const more = () => {
    if (!next) return;
    set_error(undefined);
    get<Answer>(`${path}${path.includes('?') ? '&' : '?'}${cursor}=${encodeURIComponent(next)}`).then(
      (page) => set_rest({ path, items: [...(rest?.items ?? []), ...page[rows]], next: page.next }),
      (error) => { if (error instanceof ApiError) set_error(error); });
  };
  const seen = new Set<string>();
  const data = first.data && [...first.data[rows], ...(rest?.items ?? [])].filter((row) => !seen.has(key(row)) && seen.add(key(row)));
  const reload = () => {
    set_rest(undefined);
    first.reload();
  };
  return { data, error: first.error ?? more_error, is_loading: first.is_loading, reload, has_more: !!next, more };
}

// The value as it was `pause` ms ago, when it has not changed since.
export function useSettled<T>(value: T, pause: number): T {
  const [settled, set_settled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => set_settled(value), pause);
    return () => clearTimeout(timer);
  }, [value, pause]);
  return settled;
}
