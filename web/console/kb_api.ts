// What the routes of the knowledge base and of stored mail answer (docs/formats.md).
export interface Counts { shown: number; opened: number; solved: number; not_solved: number }
export interface ArticleRow {
  id: string; language: string; title: string; state: string; audience: string; revision: number; updated_at: string; author: string;
  reviewer: string; review_by: string; products: string[]; tags: string[]; usage: Counts; translations: string[]; waiting_review: boolean;
}
export interface Problem { line: number; column: number; message: string; hint: string }
export interface Revision { revision: number; state: string; author: string; reviewer: string; reason: string; at: string; verdict: string; verdict_reason: string }
export interface Sourced extends Revision { source: string }
export interface Article extends ArticleRow { source: string; html: string; problems: Problem[]; base_revision: number; waiting: Sourced | null }
export interface DiffLine { kind: string; text: string }
export interface Edited { id: string; language: string; revision: number; state: string; audience: string; waiting_review: boolean; changed: boolean; lost_queries: string[] }
// What a refused edit brings along.
export interface Refused { current?: Sourced; diff?: DiffLine[]; problems?: Problem[] }
export interface Preview { html: string; problems: Problem[] }
export interface Picture { name: string; markdown: string }
export interface Hit {
  id: string; language: string; title: string; state: string; audience: string; score: number; confidence: number; translated: boolean;
  passage: string; highlights: [number, number][]; reasons: { term: string; field: string; contribution: number }[]; why: string;
}
export interface Found { hits: Hit[]; did_you_mean: string | null; found: boolean; ms: number }
export interface Feedback { all: Counts; days: (Counts & { day: string })[]; places: (Counts & { place: string })[] }
export interface Gap {
  id: string; language: string; kind: string; words: string[]; examples: string[]; count: number; last_at: string; state: string;
  article: string | null; note: string; who: string; tried: string[];
}
export interface Gaps { gaps: Gap[]; searches: { all: number; nothing_found: number; solved: number; failed: number } }
export interface Finding { id: string; language: string; rule: string; message: string; hint: string; is_warning: boolean }

export interface Mail {
  id: string; channel: string; received_at: string; kind: string; fate: string; reason: string; conversation: string; reference: string;
  quarantine: { state: string; cause: string; evidence: string; conversation: string; settled_by: string; settled_at: string | null } | null;
}
export interface MailRow extends Mail { from: { name: string; address: string }; subject: string }
export interface MailDetail extends Mail {
  envelope: { to?: string[]; from?: string; peer?: string; helo?: string; tls?: boolean } | null; size: number;
  explain: null | {
    verdict: string; case?: string; cause?: string; rules: { rule: string; evidence: string }[]; from: { name: string; address: string };
    to: { name: string; address: string }[]; subject: string; date: string | null; text: string; reply_text: string; quoted_text: string;
    attachments: { name: string; type: string; size: number; refused?: string }[]; warnings: string[];
  };
}

export const kStates = ['wip', 'not_validated', 'validated', 'published', 'archived'];
export const kAudiences = ['customer', 'partner', 'internal'];
export const article_path = (id: string, language: string): string => `/articles/${encodeURIComponent(id)}/${encodeURIComponent(language)}`;
export const article_link = (id: string, language: string): string => `#${article_path(id, language)}`;
