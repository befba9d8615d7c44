// Writing: fields, source, a preview that names what is wrong, saving on top of the revision it was made from, and what to do when
// somebody was faster.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, ask, post, put, upload } from './api';
import type { StaffProps } from './article';
import { Fields } from './article_fields';
import { type Article, article_path, type DiffLine, type Edited, type Picture, type Preview, type Problem, type Sourced } from './kb_api';
import { Diff, in_words, named, Problems, refused } from './kb_parts';
import { fill } from './texts';
import type { Draft } from './use_draft';
import { useLoaded, useSettled } from './use';

interface Props extends StaffProps { id: string; language: string; article?: Article; draft: Draft; saved(): void }
interface Outcome { kind: 'good' | 'warn' | 'bad'; words: string; lost?: string[]; problems?: Problem[] }

export function Editor({ text, me, id, language, article, draft, saved }: Props) {
  const path = article_path(id, language);
  const [reason, set_reason] = useState('');
  const [outcome, set_outcome] = useState<Outcome | undefined>(draft.is_restored ? { kind: 'warn', words: text.a_restored } : undefined);
  const [conflict, set_conflict] = useState<{ current: Sourced; diff: DiffLine[] } | undefined>();
  const [beside, set_beside] = useState('');
  const area = useRef<HTMLTextAreaElement>(null);
  const is_busy = useRef(false);
  const other = language === 'zh' ? 'en' : 'zh';
  const is_newer = !!article && draft.is_dirty && article.base_revision > draft.base;

  const save = async (base = draft.base) => {
    if (is_busy.current) return;
    is_busy.current = true;
    const { source, gap } = draft;
    try {
      const done = await put<Edited>(path, { base_revision: base, source, reason });
      draft.saved_as(source, done.revision);
      set_conflict(undefined);
      set_reason('');
      let words = fill(done.waiting_review ? text.a_saved_waits : done.changed ? text.a_saved : text.a_saved_same, done.revision);
      if (gap && base === 0) words += ` ${await note_gap(gap)}`;
      set_outcome({ kind: done.lost_queries.length ? 'warn' : 'good', words, lost: done.lost_queries });
      saved();
      if (conflict) area.current?.focus();
    } catch (failure) {
      const { current, diff, problems } = refused(failure);
      if (current) {
        set_outcome(undefined);
        set_conflict({ current, diff: diff ?? [] });
      } else {
        set_outcome({ kind: 'bad', words: problems ? text.a_not_saved : in_words(failure, text, me), problems });
      }
    }
    is_busy.current = false;
  };
  const note_gap = async (gap: string) => {
    try {
      await post(`/kb/gaps/${encodeURIComponent(gap)}`, { state: 'assigned', article: id });
      return text.n_gap_noted;
    } catch (failure) {
      return fill(text.n_gap_not_noted, in_words(failure, text, me));
    }
  };
  const insert = (words: string) => {
    const at = area.current?.selectionEnd ?? draft.source.length;
    const before = draft.source.slice(0, at);
    draft.write(`${before}${before.endsWith('\n') ? '' : '\n'}${words}\n${draft.source.slice(at)}`);
  };
  const add_picture = async (input: HTMLInputElement) => {
    const [file] = input.files ?? [];
    if (!file) return;
    set_outcome({ kind: 'good', words: text.a_picture_wait });
    try {
      const { markdown, name } = await upload<Picture>(`/articles/files?name=${encodeURIComponent(file.name)}`, file);
      insert(markdown);
      set_outcome({ kind: 'good', words: fill(text.a_picture_done, name) });
    } catch (failure) {
      set_outcome({ kind: 'bad', words: in_words(failure, text, me) });
    }
    input.value = '';
    area.current?.focus();
  };
  const go = ({ line, column }: Problem) => {
    const lines = draft.source.split('\n');
    const at = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0) + Math.min(column - 1, lines[line - 1]?.length ?? 0);
    area.current!.focus();
    area.current!.setSelectionRange(at, at);
    area.current!.scrollTop = (line - 4) * parseFloat(getComputedStyle(area.current!).lineHeight);
  };
  const discard = () => {
    if (article) draft.take({ source: article.waiting?.source ?? article.source, base: article.base_revision });
    set_outcome(undefined);
    set_conflict(undefined);
    area.current?.focus();
  };

  return (
    <form class="editor" aria-label={text.a_text} onSubmit={(event) => { event.preventDefault(); save(); }}
          onKeyDown={(event) => { if (event.key.toLowerCase() === 's' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); save(); } }}>
      {conflict && (
        <Conflict text={text} language={language} conflict={conflict} mine={() => save(conflict.current.revision)} back={() => { set_conflict(undefined); area.current?.focus(); }}
                  theirs={() => {
                    draft.take({ source: conflict.current.source, base: conflict.current.revision });
                    set_conflict(undefined);
                    set_outcome({ kind: 'warn', words: text.c_taken });
                    saved();
                    area.current?.focus();
                  }} />
      )}
      <div class="writing">
        <details class="card" open><summary>{text.a_fields}</summary><Fields source={draft.source} write={draft.write} text={text} language={language} /></details>
        {article?.waiting && <p class="stale">{fill(text.a_editing_waiting, article.waiting.revision, article.revision)}</p>}
        <div class="field">
          <label for="source">{text.a_source}</label>
          <textarea id="source" ref={area} lang={language} rows={22} spellcheck value={draft.source} aria-describedby="source_hint" onInput={(event) => draft.write(event.currentTarget.value)} />
          <p class="small" id="source_hint">{text.a_source_hint}</p>
        </div>
        <label class="button file">{text.a_picture}<input type="file" class="hidden" accept="image/png,image/jpeg,image/webp,image/gif,video/mp4,application/pdf" onChange={(event) => add_picture(event.currentTarget)} /></label>
      </div>
      <div class="beside" role="region" aria-label={text.a_beside} tabIndex={0}>
        {article?.translations.includes(other) && (
          <p class="toggle" role="group" aria-label={text.a_beside}>
            {['', other].map((name) => <button key={name} type="button" aria-pressed={beside === name} onClick={() => set_beside(name)}>{name ? fill(text.a_other, named(text, 'lang', name)) : text.a_preview}</button>)}
          </p>
        )}
        {beside ? <Translation text={text} path={article_path(id, beside)} language={beside} /> : <PreviewPane text={text} source={draft.source} language={language} go={go} />}
      </div>
      <div class="saving">
        <div role="status">
          {is_newer && !conflict && <p class="stale">{fill(text.a_newer, article.base_revision)}</p>}
          {outcome && (
            <div class={`said_of ${outcome.kind}`}>
              <p>{outcome.words}</p>
              {!!outcome.lost?.length && <><p>{text.a_lost}</p><ul>{outcome.lost.map((words) => <li key={words}>{words}</li>)}</ul></>}
              <Problems problems={outcome.problems ?? []} text={text} go={go} />
            </div>
          )}
        </div>
        <div class="field"><label for="reason">{text.a_reason}</label><input id="reason" value={reason} onInput={(event) => set_reason(event.currentTarget.value)} maxLength={500} /></div>
        <p class="buttons">
          <span class="small">{draft.is_dirty ? text.a_unsaved : text.a_saved_all}</span>
          {draft.is_dirty && article && <button type="button" onClick={discard}>{text.a_discard}</button>}
          <button type="submit" class="primary">{text.save}</button>
        </p>
      </div>
    </form>
  );
}

interface ConflictProps { text: StaffProps['text']; language: string; conflict: { current: Sourced; diff: DiffLine[] }; theirs(): void; mine(): void; back(): void }
function Conflict({ text, language, conflict: { current, diff }, theirs, mine, back }: ConflictProps) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), [current]);
  return (
    <section class="card conflict" aria-labelledby="conflict">
      <h2 id="conflict" ref={title} tabIndex={-1}>{text.c_title}</h2>
      <p>{fill(text.c_what, current.revision, current.author)}{current.reason && ` (${current.reason})`}</p>
      <Diff lines={diff} text={text} lang={language} />
      <p class="buttons">
        <button type="button" onClick={back}>{text.c_back}</button>
        <button type="button" onClick={theirs}>{text.c_theirs}</button>
        <button type="button" class="primary" onClick={mine}>{text.c_mine}</button>
      </p>
    </section>
  );
}

// The gateway's own Markdown: raw HTML is dropped there. Pictures of the folder stand beside the help centre's pages.
function Rendered({ html, language }: { html: string; language: string }) {
  const shown = { __html: html.replace(/(<img[^>]* src=")(?:\.\/)?pictures\//g, '$1/help/pictures/') };
  const open = (event: MouseEvent) => {
    const link = (event.target as Element).closest('a');
    if (!link) return;
    event.preventDefault();
    open_apart(link.href);
  };
  return <div class="rendered" lang={language} onClick={open} dangerouslySetInnerHTML={shown} />;
}
const open_apart = (url: string) => window.open(url, '_blank', 'noopener');

function PreviewPane({ text, source, language, go }: { text: StaffProps['text']; source: string; language: string; go(problem: Problem): void }) {
  const settled = useSettled(source, 400);
  const [preview, set_preview] = useState<Preview | undefined>();
  const [error, set_error] = useState<ApiError | undefined>();
  useEffect(() => {
    const running = new AbortController();
    ask<Preview>('/articles/preview', { source: settled }, running.signal).then(
      (shown) => { set_preview(shown); set_error(undefined); },
      (failure) => { if (failure instanceof ApiError) set_error(failure); });
    return () => running.abort();
  }, [settled]);
  const count = preview?.problems.length ?? 0;
  return (
    <section class="card" aria-labelledby="preview">
      <h2 id="preview" class="pane">{text.a_preview}</h2>
      <p role="status" class={`small ${count ? 'bad' : ''}`}>{error ? text.no_answer : preview ? (count ? fill(text.a_problems, count) : text.a_no_problems) : text.loading}</p>
      {preview && <><Problems problems={preview.problems} text={text} go={go} /><Rendered html={preview.html} language={language} /></>}
    </section>
  );
}

function Translation({ text, path, language }: { text: StaffProps['text']; path: string; language: string }) {
  const { data, error } = useLoaded<Article>(path);
  return (
    <section class="card" aria-labelledby="translation">
      <h2 id="translation" class="pane" lang={data && language}>{data?.title ?? named(text, 'lang', language)}</h2>
      {data ? <><p class="small"><a href={`#${path}`}>{fill(text.a_other, named(text, 'lang', language))}</a> · {named(text, 'state', data.state)}</p><Rendered html={data.html} language={language} /></>
        : <p class="loading" role="status">{error ? text.no_answer : text.loading}</p>}
    </section>
  );
}
