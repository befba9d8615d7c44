// A revision that waits: what it would change, and the decision about it.
import { useState } from 'preact/hooks';
import { post } from './api';
import type { StaffProps } from './article';
import { type Article, article_path, type DiffLine, type Edited, type Sourced } from './kb_api';
import { Diff, in_words } from './kb_parts';
import { fill } from './texts';
import { useLoaded } from './use';

export function Review({ text, me, article, waiting, done }: StaffProps & { article: Article; waiting: Sourced; done(words: string): void }) {
  const path = article_path(article.id, article.language);
  const diff = useLoaded<{ lines: DiffLine[] }>(`${path}/diff?from=${article.revision}&to=${waiting.revision}`, { still: true });
  const [reason, set_reason] = useState('');
  const [error, set_error] = useState('');
  const is_own = waiting.author === me.name;
  const decide = async (accept: boolean) => {
    set_error('');
    try {
      await post<Edited>(`${path}/review`, { revision: waiting.revision, accept, reason });
      done(fill(accept ? text.r_accepted : text.r_refused, waiting.revision));
    } catch (failure) {
      set_error(in_words(failure, text, me));
    }
  };
  return (
    <section class="card review" aria-labelledby="review">
      <h2 id="review">{text.r_title}</h2>
      <p>{fill(text.r_what, waiting.revision, waiting.author)}{waiting.reason && `: ${waiting.reason}`}</p>
      {diff.data ? <Diff lines={diff.data.lines} text={text} lang={article.language} /> : <p class="loading" role="status">{diff.error ? text.no_answer : text.loading}</p>}
      {(is_own || me.role === 'agent') && <p class="soft">{is_own ? text.r_own : text.r_publisher}</p>}
      <div class="field"><label for="review_reason">{text.h_reason}</label><input id="review_reason" value={reason} onInput={(event) => set_reason(event.currentTarget.value)} maxLength={500} /></div>
      <p role="alert" class="refusal">{error}</p>
      <p class="buttons">
        <button type="button" onClick={() => decide(false)}>{is_own ? text.r_take_back : text.r_refuse}</button>
        {!is_own && <button type="button" class="primary" onClick={() => decide(true)}>{text.r_accept}</button>}
      </p>
    </section>
  );
}
