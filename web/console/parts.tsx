// Small parts that every view shows the same way.
import type { ComponentChildren } from 'preact';
import type { ApiError } from './api';
import type { List, Loaded } from './use';
import { fill, type Lang, type Texts } from './texts';

export interface ViewProps { text: Texts; lang: Lang }

export function Failure({ error, text, retry }: { error: ApiError; text: Texts; retry(): void }) {
  return (
    <div class="failure" role="alert">
      <p>{error.status === 0 ? text.no_answer : error.message || fill(text.failed, error.status)}</p>
      <button type="button" onClick={retry}>{text.again}</button>
    </div>
  );
}

// Loading, failed, empty, or the content. Old content stays in view when a refresh fails.
export function Shown<T>({ of, text, empty, empty_more, children }:
    { of: Loaded<T[]>; text: Texts; empty: string; empty_more: string; children(rows: T[]): ComponentChildren }) {
  if (!of.data) return of.error ? <Failure error={of.error} text={text} retry={of.reload} /> : <p class="loading" role="status">{text.loading}</p>;
  return (
    <>
      {of.error && <p class="stale" role="status">{text.stale} {of.error.message}</p>}
      {of.data.length === 0 ? <div class="nothing"><p>{empty}</p><p>{empty_more}</p></div> : children(of.data)}
    </>
  );
}

export function More<T>({ list, text }: { list: List<T>; text: Texts }) {
  return list.has_more ? <p class="more"><button type="button" onClick={list.more}>{text.more}</button></p> : null;
}

export function Badge({ kind, children }: { kind: string; children: ComponentChildren }) {
  return <span class={`badge ${kind.toLowerCase()}`}>{children}</span>;
}

export function status_name(status: string, text: Texts): string {
  return { open: text.status_open, resolved: text.status_resolved, escalated: text.status_escalated }[status] ?? status;
}

// "5 minutes ago", with the exact time on hover.
export function Ago({ at, lang }: { at: string; lang: Lang }) {
  const time = Date.parse(at);
  if (Number.isNaN(time)) return null;
  const locale = lang === 'zh' ? 'zh-CN' : 'en-GB';
  return <time dateTime={at} title={new Date(time).toLocaleString(locale)}>{ago((time - Date.now()) / 1000, locale)}</time>;
}

const kUnits: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86400], ['hour', 3600], ['minute', 60]];
function ago(seconds: number, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  for (const [unit, length] of kUnits) if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  return format.format(0, 'second');
}

// "42 s", "5 min", "3 h": how long something has been waiting.
export function duration(seconds: number, lang: Lang): string {
  const [unit, length] = seconds >= 86400 ? ['day', 86400] : seconds >= 3600 ? ['hour', 3600] : seconds >= 60 ? ['minute', 60] : ['second', 1];
  return new Intl.NumberFormat(lang === 'zh' ? 'zh-CN' : 'en-GB', { style: 'unit', unit: unit as string, unitDisplay: 'short' }).format(Math.round(seconds / Number(length)));
}
