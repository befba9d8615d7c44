// The search customers are answered by, asked by staff: what is found, in which order, and why.
import { useEffect, useState } from 'preact/hooks';
import { ApiError, ask } from './api';
import { KnowledgeNav } from './articles';
import { article_link, type Found, type Hit, kAudiences } from './kb_api';
import { Choice, named } from './kb_parts';
import { Badge, Failure, type ViewProps } from './parts';
import { fill, type Texts } from './texts';
import { useSettled } from './use';

interface Question { text: string; language: string; audience: string; product: string }
let kept: Question = { text: '', language: '', audience: 'customer', product: '' };

export function TrySearch({ text }: ViewProps) {
  const [question, set_question] = useState(kept);
  const change = (some: Partial<Question>) => set_question((kept = { ...question, ...some }));
  const settled = useSettled(question, 250);
  const [found, set_found] = useState<Found | undefined>();
  const [error, set_error] = useState<ApiError | undefined>();
  const [tries, set_tries] = useState(0);
  useEffect(() => {
    set_error(undefined);
    if (!settled.text.trim()) return set_found(undefined);
    const running = new AbortController();
    ask<Found>('/kb/search', settled, running.signal).then(set_found, (failure) => { if (failure instanceof ApiError) set_error(failure); });
    return () => running.abort();
  }, [settled, tries]);
  return (
    <section aria-labelledby="title">
      <div class="head"><h1 id="title" tabIndex={-1}>{text.a_try}</h1></div>
      <KnowledgeNav text={text} at="search" />
      <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
        <div class="field wide"><label for="try_text">{text.w_text}</label><input id="try_text" type="search" value={question.text} onInput={(event) => change({ text: event.currentTarget.value })} /></div>
        <Choice label={text.w_as} value={question.audience} change={(audience) => change({ audience })} options={kAudiences.map((name) => [name, named(text, 'audience', name)])} />
        <Choice label={text.a_language} value={question.language} change={(language) => change({ language })} options={[['', text.any], ['en', text.lang_en], ['zh', text.lang_zh]]} />
        <div class="field"><label for="try_product">{text.a_product}</label><input id="try_product" value={question.product} onInput={(event) => change({ product: event.currentTarget.value })} /></div>
      </form>
      <div role="status">
        {found && <p class="small count_of">{fill(text.w_found, found.hits.length, found.ms.toFixed(1))}</p>}
        {found && found.hits.length > 0 && !found.found && <p class="stale">{text.w_too_low}</p>}
        {found?.did_you_mean && <p>{text.w_mean} <button type="button" class="link" onClick={() => change({ text: found.did_you_mean! })}>{found.did_you_mean}</button></p>}
      </div>
      {error && <Failure error={error} text={text} retry={() => set_tries(tries + 1)} />}
      {!found && !error && <p class="nothing">{text.w_start}</p>}
      {found && found.hits.length === 0 && <div class="nothing"><p>{text.w_none}</p><p>{text.w_none_more}</p></div>}
      {found && found.hits.length > 0 && <ol class="hits">{found.hits.map((hit) => <HitCard key={`${hit.id}/${hit.language}`} hit={hit} text={text} />)}</ol>}
    </section>
  );
}

function HitCard({ hit, text }: { hit: Hit; text: Texts }) {
  const most = Math.max(...hit.reasons.map((reason) => reason.contribution), 0.001);
  const percent = Math.round(Math.min(1, hit.confidence) * 100);
  return (
    <li class="card">
      <h2><a href={article_link(hit.id, hit.language)} lang={hit.language}>{hit.title}</a></h2>
      <p class="line small">
        <span class="confidence">{text.w_confidence} {percent} % <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="ground" width="100" height="8" /><rect width={percent} height="8" /></svg></span>
        <span>{fill(text.w_score, hit.score.toFixed(2))}</span>
        {hit.state !== 'published' && <Badge kind={hit.state}>{named(text, 'state', hit.state)}</Badge>}
        {hit.translated && <Badge kind="calm">{text.w_translated}</Badge>}
      </p>
      <p lang={hit.language}>{marked(hit.passage, hit.highlights)}</p>
      <details class="why">
        <summary>{text.w_why}<span class="hidden">: {hit.title}</span></summary>
        <p>{hit.why}</p>
        <table class="reasons">
          <thead><tr>{[text.w_term, text.w_field, text.w_brings].map((name) => <th scope="col" key={name}>{name}</th>)}</tr></thead>
          <tbody>
            {hit.reasons.map((reason, index) => (
              <tr key={index}>
                <th scope="row" data-label={text.w_term}>{reason.term}</th><td data-label={text.w_field}>{reason.field}</td>
                <td data-label={text.w_brings}><span class="share">{reason.contribution.toFixed(2)} <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width={Math.max(0, (reason.contribution / most) * 100)} height="8" /></svg></span></td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </li>
  );
}

// The passage with its marks; the ranges count bytes of UTF-8.
function marked(passage: string, ranges: [number, number][]) {
  const bytes = new TextEncoder().encode(passage);
  const decoder = new TextDecoder();
  const parts = [];
  let at = 0;
  for (const [from, to] of ranges) {
    if (from < at || to > bytes.length) continue;
    parts.push(decoder.decode(bytes.slice(at, from)), <mark key={from}>{decoder.decode(bytes.slice(from, to))}</mark>);
    at = to;
  }
  parts.push(decoder.decode(bytes.slice(at)));
  return parts;
}
