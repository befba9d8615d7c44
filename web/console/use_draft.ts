// The text in the editor: what it is based on, whether it is saved, and what happens when somebody else saves meanwhile.
import { useEffect, useState } from 'preact/hooks';
import { keep_draft, kept_draft, type Kept } from './drafts';

export interface Draft extends Kept {
  is_dirty: boolean;
  is_restored: boolean;  // brought back from before a reload or another page
  write(source: string): void;
  saved_as(source: string, revision: number): void;  // what was written since stays
  take(version: { source: string; base: number }): void;  // another version instead, nothing of this one is left
}

// `newest`: what the gateway has, undefined for an article that is not there yet. An untouched text follows it.
export function useDraft(name: string, newest: Kept | undefined): Draft {
  const [state, set_state] = useState(() => {
    const kept = kept_draft(name);
    const version = kept ?? newest ?? { source: '', base: 0 };
    return { ...version, saved: newest?.source ?? '', is_restored: !!kept && kept.source !== newest?.source && kept.base > 0 };
  });
  const is_dirty = state.source !== state.saved;
  const { source = '', base = 0 } = newest ?? {};
  useEffect(() => {
    // Only when the gateway's answer changes: what was just saved is newer than what was loaded before.
    if (newest && !is_dirty && base !== state.base) set_state({ source, base, saved: source, is_restored: false });
  }, [source, base]);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => { if (is_dirty && !kept_draft(name)) event.preventDefault(); };
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [is_dirty, name]);
  return {
    ...state, is_dirty,
    write: (written) => set_state((old) => {
      keep_draft(name, written === old.saved ? undefined : { source: written, base: old.base, gap: old.gap });
      return { ...old, source: written, is_restored: false };
    }),
    saved_as: (saved, revision) => set_state((old) => {
      keep_draft(name, old.source === saved ? undefined : { source: old.source, base: revision });
      return { ...old, saved, base: revision, gap: undefined };
    }),
    take: (version) => {
      set_state({ ...version, saved: version.source, is_restored: false });
      keep_draft(name, undefined);
    },
  };
}
