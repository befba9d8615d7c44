// What is written and not saved yet outlives a reload, a way to another page and a session that has run out (this browser tab only;
// names begin with whose it is).
// gap: the failed searches a new article is written for.
export interface Kept { source: string; base: number; gap?: string }

const key_of = (name: string) => `usher-draft-${name}`;

export function kept_draft(name: string): Kept | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key_of(name)) ?? 'null');
    return kept && typeof kept.source === 'string' && typeof kept.base === 'number' ? kept : undefined;
  } catch {
    return undefined;
  }
}

export function keep_draft(name: string, draft: Kept | undefined): void {
  try {
    if (draft) sessionStorage.setItem(key_of(name), JSON.stringify(draft));
    else sessionStorage.removeItem(key_of(name));
  } catch { /* refused or full: it lasts as long as the page */ }
}
