// One article: its state, the editor, and what became of it. A new one is an article that only its draft knows.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Me } from './api';
import { Editor } from './article_editor';
import { History } from './article_history';
import { Review } from './article_review';
import { StateForm } from './article_state';
import { Usage } from './article_usage';
import { StateBadge } from './articles';
import { kept_draft, type Kept } from './drafts';
import { text_of } from './front_matter';
import { type Article, article_link, article_path } from './kb_api';
import { named } from './kb_parts';
import { Failure, type ViewProps } from './parts';
import { fill } from './texts';
import { useDraft } from './use_draft';
import { useLoaded } from './use';

export interface StaffProps extends ViewProps { me: Me }
interface Props extends StaffProps { id: string; language: string }

export function ArticleScreen(props: Props) {
  const { text, id, language } = props;
  const { data, error, reload } = useLoaded<Article>(article_path(id, language));
  const [has_draft] = useState(() => !!kept_draft(draft_name(props)));  // an article that only its draft knows, until it is saved
  const back = <p class="back always"><a href="#/articles">← {text.a_back}</a></p>;
  if (data) return <>{back}<Loaded {...props} article={data} reload={reload} is_stale={!!error} /></>;
  if (error?.status === 404) {
    if (has_draft) return <>{back}<Loaded {...props} reload={reload} is_stale={false} /></>;
    return <>{back}<div class="nothing"><p>{text.a_gone}</p><p><a href={`#/articles/new/from/${id}/${language}`}>{text.a_new}</a></p></div></>;
  }
  return <>{back}{error ? <Failure error={error} text={text} retry={reload} /> : <p class="loading" role="status">{text.loading}</p>}</>;
}

const draft_name = ({ me, id, language }: Props) => `${me.name}/${id}/${language}`;

// What an edit starts from: the text that waits for a review, or else what is live.
function newest_of(article: Article | undefined): Kept | undefined {
  return article && { source: article.waiting?.source ?? article.source, base: article.base_revision };
}

function Loaded(props: Props & { article?: Article; reload(): void; is_stale: boolean }) {
  const { text, id, language, article, reload, is_stale } = props;
  const draft = useDraft(draft_name(props), newest_of(article));
  const [said, say] = useState('');
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => { title.current?.focus({ preventScroll: true }); }, []);
  const changed = (words: string) => {
    say(words);
    reload();
    title.current?.focus();
  };
  const other = language === 'zh' ? 'en' : 'zh';
  return (
    <article class="article_screen" aria-labelledby="title">
      <div class="head"><h1 id="title" tabIndex={-1} ref={title} lang={language}>{article?.title ?? (text_of(draft.source, 'title') || text.n_title)}</h1></div>
      <p class="line small">
        {article && <><StateBadge text={text} row={article} /><span>{fill(text.a_revision, article.revision)}</span></>}
        <span>{id}</span><span>{named(text, 'lang', language)}</span>
        {article && (article.translations.includes(other)
          ? <a href={article_link(id, other)}>{fill(text.a_other, named(text, 'lang', other))}</a>
          : <a href={`#/articles/new/from/${id}/${language}`}>{fill(text.t_write, named(text, 'lang', other))}</a>)}
      </p>
      {is_stale && <p class="stale" role="status">{text.stale}</p>}
      <p class="outcome" role="status">{said}</p>
      {article?.waiting && <Review {...props} article={article} waiting={article.waiting} done={changed} />}
      {article && <StateForm {...props} article={article} is_dirty={draft.is_dirty} done={changed} />}
      <Editor {...props} draft={draft} article={article} saved={() => { say(''); reload(); }} />
      {article && (
        <>
          <Usage {...props} usage={article.usage} />
          <History {...props} revision={article.revision} newest={article.base_revision} put={(source, revision) => { draft.write(source); changed(fill(text.h_used, revision)); }} />
        </>
      )}
    </article>
  );
}
