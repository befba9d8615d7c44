// A new article: its id, language and title; then it is a draft in the editor. From a gap it begins with the customers' own words,
// from another language with that article's fields.
import { useEffect, useState } from 'preact/hooks';
import { ApiError, get } from './api';
import type { StaffProps } from './article';
import { keep_draft } from './drafts';
import { new_source } from './front_matter';
import { type Article, article_link, article_path, type Gap, type Gaps } from './kb_api';
import { Choice, in_words, Labelled } from './kb_parts';
import { Failure } from './parts';
import { fill } from './texts';
import { useLoaded } from './use';

interface Start { id: string; language: string; title: string; products: string[]; issue: string[]; gap?: string; words?: string }

const slug = (words: string) => words.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 60).replace(/-+$/, '');

// place: [] | ['gap', ID] | ['from', ID, LANG]
export function NewArticle({ place, ...props }: StaffProps & { place: string[] }) {
  if (place[0] === 'gap') return <FromGap {...props} id={place[1]} />;
  if (place[0] === 'from') return <FromArticle {...props} id={place[1]} language={place[2]} />;
  return <Form {...props} start={{ id: '', language: props.lang, title: '', products: [], issue: [] }} />;
}

function FromGap({ id, ...props }: StaffProps & { id: string }) {
  const { data, error, reload } = useLoaded<Gaps>('/kb/gaps?days=366', { still: true });
  if (!data) return error ? <Failure error={error} text={props.text} retry={reload} /> : <p class="loading" role="status">{props.text.loading}</p>;
  const gap = data.gaps.find((one) => one.id === id);
  return <Form {...props} start={gap ? of_gap(gap) : { id: '', language: props.lang, title: '', products: [], issue: [] }} />;
}
function of_gap(gap: Gap): Start {
  const [first = ''] = gap.examples;
  return {
    id: slug(gap.words.join(' ')), language: gap.language === 'zh' ? 'zh' : 'en', title: first.charAt(0).toUpperCase() + first.slice(1), products: [],
    issue: gap.examples.map((words) => `- ${words.replace(/\s+/g, ' ')}`), gap: gap.id, words: gap.words.join(' · '),
  };
}

function FromArticle({ id, language, ...props }: StaffProps & { id: string; language: string }) {
  const { data, error, reload } = useLoaded<Article>(article_path(id, language), { still: true });
  const start = { id, language: language === 'zh' ? 'en' : 'zh', title: '', products: data?.products ?? [], issue: [] };
  if (!data && error?.status !== 404) return error ? <Failure error={error} text={props.text} retry={reload} /> : <p class="loading" role="status">{props.text.loading}</p>;
  return <Form {...props} start={data ? start : { ...start, language }} />;
}

function Form({ text, me, start }: StaffProps & { start: Start }) {
  const [id, set_id] = useState(start.id);
  const [language, set_language] = useState(start.language);
  const [title, set_title] = useState(start.title);
  const [is_own_id, set_own_id] = useState(!!start.id);
  const [error, set_error] = useState('');
  useEffect(() => { document.getElementById('new_title')?.focus(); }, []);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!id) return set_error(text.n_id_needed);
    try {
      await get<Article>(article_path(id, language));
      return set_error(text.n_exists);
    } catch (failure) {
      if (!(failure instanceof ApiError) || failure.status !== 404) return set_error(in_words(failure, text, me));
    }
    const { issue, products, gap } = start;
    keep_draft(`${me.name}/${id}/${language}`, { source: new_source({ id, language, title, products, issue }), base: 0, gap });
    location.hash = article_link(id, language);
  };
  return (
    <section aria-labelledby="title" class="narrow">
      <p class="back always"><a href="#/articles">← {text.a_back}</a></p>
      <div class="head"><h1 id="title" tabIndex={-1}>{text.n_title}</h1></div>
      {start.words && <p class="stale">{fill(text.n_from_gap, start.words)}</p>}
      <form class="card" onSubmit={submit}>
        <div class="field"><label for="new_title">{text.a_title}</label><input id="new_title" required value={title} lang={language} onInput={(event) => {
          set_title(event.currentTarget.value);
          if (!is_own_id) set_id(slug(event.currentTarget.value));
        }} /></div>
        <Labelled label={text.a_id} hint={text.a_id_hint}>{(name, hint) => <input id={name} aria-describedby={hint} required pattern="[a-z0-9\-]+" maxLength={80} value={id} onInput={(event) => {
          set_own_id(true);
          set_id(event.currentTarget.value);
        }} />}</Labelled>
        <Choice label={text.a_language} value={language} change={set_language} options={[['en', text.lang_en], ['zh', text.lang_zh]]} />
        <p role="alert" class="refusal">{error}</p>
        <p class="buttons"><button type="submit" class="primary">{text.n_create}</button></p>
      </form>
    </section>
  );
}
