// What the screens of the knowledge base and of mail share: names of states, failures in words, differences, bars, a dialog.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { ApiError, type Me } from './api';
import type { DiffLine, Problem, Refused } from './kb_api';
import { fill, type Texts } from './texts';

// text["state_wip"], or the word itself when there is none (a newer gateway).
export function named(text: Texts, prefix: string, name: string): string {
  return (text as Record<string, string>)[`${prefix}_${name}`] ?? name;
}

// Why something was refused, in the reader's language first; what the gateway said after it.
export function in_words(failure: unknown, text: Texts, me: Me): string {
  const { status, message } = failure as ApiError;
  if (!(failure instanceof ApiError)) throw failure;
  if (status === 0) return text.no_answer;
  if (status !== 403) return message || fill(text.failed, status);
  return `${/somebody else/.test(message) ? text.own_work : fill(text.not_allowed, me.role)} ${text.server_says} ${message}`;
}
export const refused = (failure: unknown): Refused => (failure instanceof ApiError && (failure.body as Refused)) || {};

export function Problems({ problems, text, go }: { problems: Problem[]; text: Texts; go?(problem: Problem): void }) {
  if (!problems.length) return null;
  return (
    <ul class="problems">
      {problems.map((problem, index) => (
        <li key={index}>
          {go && <button type="button" class="link" onClick={() => go(problem)}>{fill(text.at_line, problem.line)}</button>}
          <span>{problem.message}{problem.hint && <span class="soft"> – {problem.hint}</span>}</span>
        </li>
      ))}
    </ul>
  );
}

const kContext = 2;  // unchanged lines shown on each side of a change
// Changed lines with what stands around them; longer unchanged stretches are counted.
export function Diff({ lines, text, lang }: { lines: DiffLine[]; text: Texts; lang?: string }) {
  if (lines.every((line) => line.kind === 'same')) return <p class="soft">{text.h_same}</p>;
  const near = lines.map((_, index) => lines.slice(Math.max(0, index - kContext), index + kContext + 1).some((line) => line.kind !== 'same'));
  const rows: ComponentChildren[] = [];
  for (let index = 0; index < lines.length; index++) {
    if (!near[index]) {
      const end = near.indexOf(true, index);
      const skipped = (end < 0 ? lines.length : end) - index;
      rows.push(<li key={index} class="skipped">{fill(text.d_skipped, skipped)}</li>);
      index += skipped - 1;
      continue;
    }
    const { kind, text: words } = lines[index];
    rows.push(
      <li key={index} class={kind}>
        {kind !== 'same' && <span class="hidden">{kind === 'add' ? text.d_added : text.d_removed}: </span>}
        <span aria-hidden="true" class="sign">{kind === 'add' ? '+' : kind === 'remove' ? '−' : ' '}</span><span lang={lang}>{words || '\u00a0'}</span>
      </li>);
  }
  return <ol class="diff" tabIndex={0} aria-label={text.h_changes}>{rows}</ol>;
}

export interface Bar { label: string; value: number; kind?: string; href?: string }
// Figures as bars of one scale. The bars are decoration: label and figure stand in the text.
export function Bars({ bars }: { bars: Bar[] }) {
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  return (
    <dl class="bars">
      {bars.map((bar) => (
        <div key={bar.label}>
          <dt>{bar.label}</dt><dd>{bar.value}</dd>
          <dd class="bar" aria-hidden="true"><svg viewBox="0 0 100 8" preserveAspectRatio="none" class={bar.kind}><rect class="ground" width="100" height="8" /><rect width={(bar.value / most) * 100} height="8" /></svg></dd>
        </div>
      ))}
    </dl>
  );
}

// A question with a form in it. What was refused is said inside; the focus returns to where it was when it closes.
export function Ask({ title, action, cancel, is_open, close, run, danger, children }:
    { title: string; action: string; cancel: string; is_open: boolean; close(): void; run(): Promise<string | (() => void)>; danger?: boolean; children?: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [error, set_error] = useState('');
  const is_busy = useRef(false);
  useEffect(() => {
    if (is_open && !dialog.current!.open) {
      set_error('');
      dialog.current!.showModal();
    } else if (!is_open) dialog.current!.close();
  }, [is_open]);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (is_busy.current) return;
    is_busy.current = true;
    set_error('');
    const result = await run();  // what went wrong, in words; or what is to be done when the dialog has given the focus back
    is_busy.current = false;
    if (typeof result === 'string') return set_error(result);
    dialog.current?.close();
    close();
    result();
  };
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={close}>
      <form onSubmit={submit}>
        <h2 id={id}>{title}</h2>
        {children}
        <p role="alert" class="refusal">{error}</p>
        <p class="buttons">
          <button type="button" onClick={close}>{cancel}</button>
          <button type="submit" class={danger ? 'danger' : 'primary'}>{action}</button>
        </p>
      </form>
    </dialog>
  );
}

export function Labelled({ label, hint, children }: { label: string; hint?: string; children: (id: string, hint_id: string | undefined) => ComponentChildren }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(id, hint ? `${id}-hint` : undefined)}
      {hint && <p class="small" id={`${id}-hint`}>{hint}</p>}
    </div>
  );
}

export function Choice({ label, value, options, change, hint }: { label: string; value: string; options: [string, string][]; change(value: string): void; hint?: string }) {
  return (
    <Labelled label={label} hint={hint}>
      {(id, hint_id) => <select id={id} value={value} aria-describedby={hint_id} onChange={(event) => change(event.currentTarget.value)}>{options.map(([name, words]) => <option key={name} value={name}>{words}</option>)}</select>}
    </Labelled>
  );
}
