// What an article is, and making it something else: the usual next step as a button, every other one behind it.
import { useState } from 'preact/hooks';
import { post } from './api';
import type { StaffProps } from './article';
import { type Article, article_path, type Edited, kAudiences, kStates, type Problem } from './kb_api';
import { Ask, Choice, in_words, named, Problems, refused } from './kb_parts';
import { fill } from './texts';

const kNext: Record<string, string> = { wip: 'not_validated', not_validated: 'validated', validated: 'published', published: 'archived', archived: 'not_validated' };

export function StateForm({ text, me, article, is_dirty, done }: StaffProps & { article: Article; is_dirty: boolean; done(words: string): void }) {
  const [is_open, set_open] = useState(false);
  const [state, set_state] = useState(article.state);
  const [audience, set_audience] = useState(article.audience);
  const [reason, set_reason] = useState('');
  const [problems, set_problems] = useState<Problem[]>([]);
  const obstacle = is_dirty ? text.s_save_first : article.waiting ? text.s_review_first : '';
  const open = (next: string) => {
    if (obstacle) return;
    set_state(next);
    set_audience(article.audience);
    set_reason('');
    set_problems([]);
    set_open(true);
  };
  const run = async () => {
    set_problems([]);
    try {
      const edited = await post<Edited>(`${article_path(article.id, article.language)}/state`, { state, audience, reason, base_revision: article.base_revision });
      const lost = edited.lost_queries.length ? ` ${text.a_lost} ${edited.lost_queries.join('; ')}` : '';
      return () => done(fill(text.s_done, named(text, 'state', edited.state), edited.revision) + lost);
    } catch (failure) {
      const { problems: found } = refused(failure);
      set_problems(found ?? []);
      return found ? text.s_not_done : in_words(failure, text, me);
    }
  };
  const words: Record<string, string> = { not_validated: text.s_ready, validated: text.s_validate, published: text.s_publish, archived: text.s_archive };
  const next = kNext[article.state] ?? 'not_validated';
  const is_publishers = me.role === 'agent' && (['published', 'archived'].includes(state) || article.state === 'published') && (state !== article.state || audience !== article.audience);
  return (
    <div class="state">
      <p class="line">
        <button type="button" aria-disabled={!!obstacle} aria-describedby={obstacle ? 'obstacle' : undefined} onClick={() => open(next)}>{words[next]} …</button>
        <button type="button" aria-disabled={!!obstacle} aria-describedby={obstacle ? 'obstacle' : undefined} onClick={() => open(article.state)}>{text.s_other}</button>
        {obstacle && <span class="small" id="obstacle">{obstacle}</span>}
      </p>
      <Ask title={text.s_change} action={text.s_change} cancel={text.cancel} is_open={is_open} close={() => set_open(false)} run={run}>
        <p class="small">{text.s_now}: {named(text, 'state', article.state)}, {named(text, 'audience', article.audience)}</p>
        <Choice label={text.s_new} value={state} change={set_state} options={kStates.map((name) => [name, named(text, 'state', name)])} hint={is_publishers ? text.s_publisher : undefined} />
        <Choice label={text.audience} value={audience} change={set_audience} options={kAudiences.map((name) => [name, named(text, 'audience', name)])} />
        <div class="field"><label for="state_reason">{text.h_reason}</label><input id="state_reason" value={reason} onInput={(event) => set_reason(event.currentTarget.value)} maxLength={500} /></div>
        <Problems problems={problems} text={text} />
      </Ask>
    </div>
  );
}
