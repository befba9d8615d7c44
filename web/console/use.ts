// Loading data into a view: what is there, what went wrong, and a refresh while the page is looked at.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, get, type Page } from './api';

const kRefresh = 15_000;  // ms

export interface Loaded<T> { data: T | undefined; error: ApiError | undefined; is_loading: boolean; reload(): void }

export function useLoaded<T>(path: string): Loaded<T> {
  const [state, set_state] = useState<{ path: string; data?: T; error?: ApiError; is_loading: boolean }>({ path, is_loading: true });
  const running = useRef<AbortController | undefined>(undefined);
  const reload = useCallback(() => {
    running.current?.abort();
    const mine = (running.current = new AbortController());
    set_state((old) => ({ path, data: old.path === path ? old.data : undefined, error: old.path === path ? old.error : undefined, is_loading: true }));
    get<T>(path, mine.signal).then(
      (data) => set_state({ path, data, is_loading: false }),
      (error) => { if (error instanceof ApiError) set_state((old) => ({ ...old, error, is_loading: false })); });
  }, [path]);
  useEffect(() => {
    reload();
    const timer = setInterval(() => { if (!document.hidden) reload(); }, kRefresh);
    return () => {
      clearInterval(timer);
      running.current?.abort();
    };
  }, [reload]);
  const is_mine = state.path === path;
  return { data: is_mine ? state.data : undefined, error: is_mine ? state.error : undefined, is_loading: !is_mine || state.is_loading, reload };
}

export interface List<T> extends Loaded<T[]> { has_more: boolean; more(): void }

// A list page by page. What "more" fetched stays while the first page is refreshed; a row is known by its key.
export function useList<T>(path: string, key: (row: T) => string): List<T> {
  const first = useLoaded<Page<T>>(path);
  const [rest, set_rest] = useState<Page<T> | undefined>();
  const [more_error, set_error] = useState<ApiError | undefined>();
  const next = rest ? rest.next : first.data?.next ?? null;
  const more = () => {
    if (!next) return;
    set_error(undefined);
    get<Page<T>>(`${path}${path.includes('?') ? '&' : '?'}before=${encodeURIComponent(next)}`).then(
      (page) => set_rest({ items: [...(rest?.items ?? []), ...page.items], next: page.next }),
      (error) => { if (error instanceof ApiError) set_error(error); });
  };
  const seen = new Set<string>();
  const data = first.data && [...first.data.items, ...(rest?.items ?? [])].filter((row) => !seen.has(key(row)) && seen.add(key(row)));
  const reload = () => {
    set_rest(undefined);
    first.reload();
  };
  return { data, error: first.error ?? more_error, is_loading: first.is_loading, reload, has_more: !!next, more };
}
