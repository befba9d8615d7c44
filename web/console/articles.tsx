// The list of articles, with its search and filters; and the way to the other screens of the knowledge base.
import { useState } from 'preact/hooks';
import { type ArticleRow, article_link, kStates } from './kb_api';
import { Choice, named } from './kb_parts';
import { Ago, Badge, More, Shown, type ViewProps } from './parts';
import { fill, type Texts } from './texts';
import { useList, useSettled } from './use';

interface Filters { query: string; language: string; state: string; product: string; review_due: string; waiting: string }
const kNone: Filters = { query: '', language: '', state: '', product: '', review_due: '', waiting: '' };
let kept = kNone;  // coming back from an article finds the list as it was

export function KnowledgeNav({ text, at }: { text: Texts; at: string }) {
  const places: [string, string][] = [['', text.a_list], ['search', text.a_try], ['findings', text.a_findings]];
  return (
    <nav class="sub" aria-label={text.nav_kb}>
      {places.map(([name, label]) => <a key={name} href={`#/articles${name && `/${name}`}`} aria-current={name === at ? 'page' : undefined}>{label}</a>)}
      <a class="button primary" href="#/articles/new">{text.a_new}</a>
    </nav>
  );
}

export function Articles({ text, lang }: ViewProps) {
  const [filters, set_filters] = useState(kept);
  const change = (some: Partial<Filters>) => set_filters((kept = { ...filters, ...some }));
  const settled = useSettled(filters, 250);
  const asked = new URLSearchParams(Object.entries(settled).filter(([, value]) => value));
  const list = useList<ArticleRow>(`/articles?${asked}`, (row) => `${row.id}/${row.language}`, { rows: 'articles', cursor: 'after', keep: true });
  const tick = (name: 'review_due' | 'waiting', label: string) => (
    <label class="tick"><input type="checkbox" checked={!!filters[name]} onChange={(event) => change({ [name]: event.currentTarget.checked ? '1' : '' })} /> {label}</label>
  );
  return (
    <section aria-labelledby="title">
      <div class="head"><h1 id="title" tabIndex={-1}>{text.articles}</h1><button type="button" onClick={list.reload}>{text.refresh}</button></div>
      <KnowledgeNav text={text} at="" />
      <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
        <div class="field wide"><label for="article_query">{text.a_search}</label><input id="article_query" type="search" value={filters.query} onInput={(event) => change({ query: event.currentTarget.value })} /></div>
        <Choice label={text.a_language} value={filters.language} change={(language) => change({ language })} options={[['', text.any], ['en', text.lang_en], ['zh', text.lang_zh]]} />
        <Choice label={text.a_state} value={filters.state} change={(state) => change({ state })} options={[['', text.any], ...kStates.map((state): [string, string] => [state, named(text, 'state', state)])]} />
        <div class="field"><label for="article_product">{text.a_product}</label><input id="article_product" value={filters.product} onInput={(event) => change({ product: event.currentTarget.value })} /></div>
        <div class="ticks">{tick('waiting', text.a_waiting)}{tick('review_due', text.a_review_due)}</div>
      </form>
      <p class="small count_of" role="status">{list.data && !list.is_loading ? fill(text.a_count, `${list.data.length}${list.has_more ? '+' : ''}`) : ''}</p>
      <Shown of={list} text={text} empty={text.a_none} empty_more={text.a_none_more}>
        {(rows) => (
          <div class="table" role="region" aria-labelledby="title" tabIndex={0}>
            <table class="articles">
              <thead><tr>{[text.a_title, text.a_language, text.a_state, text.a_product, text.a_usage, text.a_changed].map((name) => <th scope="col" key={name}>{name}</th>)}</tr></thead>
              <tbody>{rows.map((row) => <Row key={`${row.id}/${row.language}`} row={row} text={text} lang={lang} />)}</tbody>
            </table>
          </div>
        )}
      </Shown>
      <More list={list} text={text} />
    </section>
  );
}

function Row({ row, text, lang }: ViewProps & { row: ArticleRow }) {
  return (
    <tr>
      <th scope="row" data-label={text.a_title}><span><a href={article_link(row.id, row.language)} lang={row.language}>{row.title}</a><br /><span class="small">{row.id}</span></span></th>
      <td data-label={text.a_language}>{named(text, 'lang', row.language)}</td>
      <td data-label={text.a_state}><span class="line"><StateBadge text={text} row={row} /></span></td>
      <td data-label={text.a_product}>{row.products.join(', ') || '–'}</td>
      <td data-label={text.a_usage}><Share shown={row.usage.shown} solved={row.usage.solved} failed={row.usage.not_solved} /></td>
      <td data-label={text.a_changed}><span><Ago at={row.updated_at} lang={lang} /><br /><span class="small">{row.author}</span></span></td>
    </tr>
  );
}

export function StateBadge({ text, row }: { text: Texts; row: Pick<ArticleRow, 'state' | 'audience' | 'waiting_review' | 'review_by'> }) {
  const today = new Date().toISOString().slice(0, 10);
  return (
    <>
      <Badge kind={row.state}>{named(text, 'state', row.state)}</Badge>
      {row.audience !== 'customer' && <Badge kind="calm">{named(text, 'audience', row.audience)}</Badge>}
      {row.waiting_review && <Badge kind="warn">{text.a_waits}</Badge>}
      {row.review_by && row.review_by <= today && <Badge kind="warn">{fill(text.a_overdue, row.review_by)}</Badge>}
    </>
  );
}

// How often it was shown; of those who answered, how many it helped.
function Share({ shown, solved, failed }: { shown: number; solved: number; failed: number }) {
  const part = solved + failed ? (solved / (solved + failed)) * 100 : 0;
  return (
    <span class="share">{shown} / {solved}
      {solved + failed > 0 && <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="failed" width="100" height="8" /><rect class="solved" width={part} height="8" /></svg>}
    </span>
  );
}
