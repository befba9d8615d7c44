// The curators' work list: what customers looked for in vain, put together, with what was decided about it.
import { useRef, useState } from 'preact/hooks';
import { post } from './api';
import type { StaffProps } from './article';
import { article_link, type Gap, type Gaps } from './kb_api';
import { Ask, Bars, Choice, in_words, named } from './kb_parts';
import { Ago, Badge, Shown } from './parts';
import { fill, type Texts } from './texts';
import { useLoaded } from './use';

const kDays = ['7', '30', '90', '365'];

export function GapsScreen({ text, lang, me }: StaffProps) {
  const [days, set_days] = useState('30');
  const [state, set_state] = useState('open');
  const [closing, set_closing] = useState<Gap | undefined>();
  const [article, set_article] = useState('');
  const [note, set_note] = useState('');
  const [outcome, set_outcome] = useState('');
  const title = useRef<HTMLHeadingElement>(null);
  const loaded = useLoaded<Gaps>(`/kb/gaps?days=${days}`, { keep: true, still: true });
  const decide = async (gap: Gap, decision: { state: string; article?: string; note?: string }) => {
    set_outcome('');
    try {
      await post<Gap>(`/kb/gaps/${encodeURIComponent(gap.id)}`, decision);
    } catch (failure) {
      return in_words(failure, text, me);
    }
    return () => {
      set_outcome(fill(text.g_done, gap.words.join(' '), named(text, 'g', decision.state)));
      loaded.reload();
      title.current?.focus();  // the card may have moved to another list
    };
  };
  const take = async (gap: Gap, next: string) => {
    const result = await decide(gap, { state: next, article: gap.article ?? '', note: gap.note });
    if (typeof result === 'string') set_outcome(result);
    else result();
  };
  const gaps = loaded.data?.gaps.filter((gap) => !state || gap.state === state);
  const counts = (name: string) => loaded.data?.gaps.filter((gap) => !name || gap.state === name).length ?? 0;
  return (
    <section aria-labelledby="title">
      <div class="head"><h1 id="title" tabIndex={-1} ref={title}>{text.g_title}</h1><button type="button" onClick={loaded.reload}>{text.refresh}</button></div>
      <p class="outcome" role="status">{outcome}</p>
      {loaded.data && <Figures text={text} searches={loaded.data.searches} />}
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <Choice label={text.a_state} value={state} change={set_state} options={['open', 'assigned', 'closed', ''].map((name) => [name, `${named(text, 'g', name || 'all')} (${counts(name)})`])} />
        <Choice label={text.g_days} value={days} change={set_days} options={kDays.map((name) => [name, name])} />
      </form>
      <Shown of={{ ...loaded, data: gaps }} text={text} empty={text.g_none} empty_more={text.g_none_more}>
        {(rows) => <ul class="cards">{rows.map((gap) => (
          <GapCard key={gap.id} gap={gap} text={text} lang={lang} take={take} close={() => { set_article(gap.article ?? ''); set_note(gap.note); set_closing(gap); }} />
        ))}</ul>}
      </Shown>
      <Ask title={text.g_close_ask} action={text.close} cancel={text.cancel} is_open={!!closing} close={() => set_closing(undefined)} run={() => decide(closing!, { state: 'closed', article: article.trim(), note })}>
        <p><b>{closing?.words.join(' · ')}</b></p>
        <div class="field"><label for="gap_article">{text.g_article}</label><input id="gap_article" value={article} aria-describedby="gap_article_hint" onInput={(event) => set_article(event.currentTarget.value)} /><p class="small" id="gap_article_hint">{text.g_article_hint}</p></div>
        <div class="field"><label for="gap_note">{text.g_note}</label><input id="gap_note" value={note} maxLength={500} onInput={(event) => set_note(event.currentTarget.value)} /></div>
      </Ask>
    </section>
  );
}

function GapCard({ gap, text, lang, take, close }: { gap: Gap; text: Texts; lang: StaffProps['lang']; take(gap: Gap, state: string): void; close(): void }) {
  const words = gap.words.join(' · ');
  const named_for = (label: string) => `${label}: ${words}`;
  return (
    <li class="card gap">
      <div class="line"><h2 lang={gap.language}>{words}</h2><Badge kind={gap.kind === 'gave_up' ? 'warn' : 'calm'}>{named(text, 'g', gap.kind)}</Badge></div>
      <p class="line small"><b>{fill(text.g_count, gap.count)}</b><span>{text.g_last} <Ago at={gap.last_at} lang={lang} /></span><span>{named(text, 'lang', gap.language)}</span>
        {gap.state !== 'open' && <span>{gap.who ? fill(text.g_by, named(text, 'g', gap.state), gap.who) : named(text, 'g', gap.state)}</span>}</p>
      <h3>{text.g_examples}</h3>
      <ul class="examples" lang={gap.language}>{gap.examples.map((example, index) => <li key={index}>{example}</li>)}</ul>
      {gap.tried.length > 0 && <p class="small">{text.g_tried} {gap.tried.map((id) => <a key={id} href={article_link(id, gap.language)}>{id}</a>)}</p>}
      {gap.article && <p class="small">{text.g_article}: <a href={article_link(gap.article, gap.language)}>{gap.article}</a></p>}
      {gap.note && <p class="small">{text.g_note}: {gap.note}</p>}
      <p class="buttons">
        {gap.state !== 'closed' && <button type="button" aria-label={named_for(text.g_close)} onClick={close}>{text.g_close}</button>}
        {gap.state === 'open' && <button type="button" aria-label={named_for(text.g_take)} onClick={() => take(gap, 'assigned')}>{text.g_take}</button>}
        {gap.state !== 'open' && <button type="button" aria-label={named_for(text.g_reopen)} onClick={() => take(gap, 'open')}>{text.g_reopen}</button>}
        {gap.state !== 'closed' && !gap.article && <a class="button primary" aria-label={named_for(text.g_write)} href={`#/articles/new/gap/${encodeURIComponent(gap.id)}`}>{text.g_write}</a>}
      </p>
    </li>
  );
}

function Figures({ text, searches }: { text: Texts; searches: Gaps['searches'] }) {
  const rest = Math.max(0, searches.all - searches.nothing_found - searches.solved - searches.failed);
  return (
    <section class="card" aria-label={text.g_figures}>
      <Bars bars={[{ label: text.g_searches, value: searches.all }, { label: text.g_figure_solved, value: searches.solved, kind: 'solved' }, { label: text.g_figure_failed, value: searches.failed, kind: 'failed' },
                   { label: text.g_figure_nothing, value: searches.nothing_found, kind: 'failed' }, { label: text.g_figure_rest, value: rest }]} />
    </section>
  );
}
