// The console: sign in, then tickets, conversations, articles, gaps, mail and dead letters. The place in it is the address's fragment
// (#/conversations/ID), so that back, reload and a link all work.
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, post, when_signed_out, type Me, type Overview as Figures } from './api';
import { ArticleScreen } from './article';
import { NewArticle } from './article_new';
import { Articles } from './articles';
import './console.css';
import './kb.css';
import { Conversations } from './conversations';
import { DeadLetters } from './dead';
import { Findings } from './findings';
import { GapsScreen } from './gaps';
import { MailList } from './mail';
import { Overview } from './overview';
import { SignIn } from './sign_in';
import { texts, type Lang, type Texts } from './texts';
import { Tickets } from './tickets';
import { TrySearch } from './try_search';
import { useLoaded } from './use';

const kLangKey = 'usher-console-lang';

function App() {
  const [lang, set_lang] = useState<Lang>(first_lang);
  const [me, set_me] = useState<Me | null | undefined>(undefined);
  const text = texts(lang);
  useEffect(() => {
    document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
    try {
      localStorage.setItem(kLangKey, lang);
    } catch { /* refused: the choice lasts until the next reload */ }
  }, [lang]);
  useEffect(() => {
    when_signed_out(() => set_me(null));
    get<Me>('/me').then(set_me, () => set_me(null));
  }, []);
  const switcher = (
    <button type="button" class="lang" lang={lang === 'zh' ? 'en' : 'zh-CN'} onClick={() => set_lang(lang === 'zh' ? 'en' : 'zh')}>{lang === 'zh' ? 'English' : '中文'}</button>
  );
  if (me === undefined) return <p class="loading" role="status">{text.loading}</p>;
  if (me === null) return <><div class="corner">{switcher}</div><SignIn text={text} done={set_me} /></>;
  return <Shell me={me} text={text} lang={lang} switcher={switcher} sign_out={() => post('/logout').then(() => set_me(null), () => set_me(null))} />;
}

interface ShellProps { me: Me; text: Texts; lang: Lang; switcher: preact.ComponentChild; sign_out(): void }
function Shell({ me, text, lang, switcher, sign_out }: ShellProps) {
  const [view, ...place] = usePlace();
  const [id = ''] = place;
  const figures = useLoaded<Figures>('/overview');
  const held = useLoaded<{ held: number }>('/mail?state=quarantined&limit=1');
  const names: [string, string][] = [['tickets', text.tickets], ['conversations', text.conversations], ['articles', text.articles], ['gaps', text.gaps], ['mail', text.mail], ['dead', text.dead]];
  const counts: Record<string, number | undefined> = { dead: figures.data?.dead, mail: held.data?.held };
  const title = names.find(([name]) => name === view)?.[1] ?? text.tickets;
  const has_own_focus = view === 'articles' ? place.length > 1 || id === 'new' : !!id;  // these put it on their own heading once it is there
  const main = useRef<HTMLElement>(null);
  const is_first = useRef(true);
  useEffect(() => { document.title = `${title} – Usher`; }, [title]);
  useEffect(() => {
    // A new view is announced by its heading; the first one leaves the focus where the browser put it.
    if (!is_first.current && !has_own_focus) main.current?.querySelector<HTMLElement>('h1')?.focus();
    is_first.current = false;
  }, [view, place.join('/')]);
  const props = { text, lang, me };
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>{text.skip}</a>
      <header class="top">
        <p class="brand"><img src="/favicon.svg" alt="" width="32" height="32" /> Usher</p>
        <nav aria-label={text.nav}>
          {names.map(([name, label]) => (
            <a key={name} href={`#/${name}`} aria-current={name === view ? 'page' : undefined}>
              {label}{!!counts[name] && <span class="count">{counts[name]}</span>}
            </a>
          ))}
        </nav>
        <div class="who">{switcher}<span>{me.name}</span><button type="button" onClick={sign_out}>{text.sign_out}</button></div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {['tickets', 'conversations', 'dead'].includes(view) && <Overview text={text} lang={lang} figures={figures} />}
        {view === 'articles' ? <Knowledge {...props} place={place} />
          : view === 'gaps' ? <GapsScreen {...props} />
          : view === 'mail' ? <MailList {...props} id={id} changed={held.reload} />
          : view === 'conversations' ? <Conversations text={text} lang={lang} id={id} />
          : view === 'dead' ? <DeadLetters text={text} lang={lang} changed={figures.reload} />
          : <Tickets text={text} lang={lang} />}
      </main>
    </>
  );
}

function Knowledge({ place, ...props }: { me: Me; text: Texts; lang: Lang; place: string[] }) {
  const [first, language, ...rest] = place;
  if (!first) return <Articles {...props} />;
  if (first === 'new') return <NewArticle key={place.join('/')} {...props} place={place.slice(1)} />;
  if (!language) return first === 'findings' ? <Findings {...props} /> : <TrySearch {...props} />;
  return rest.length ? <Articles {...props} /> : <ArticleScreen key={place.join('/')} {...props} id={first} language={language} />;
}

const kViews = ['conversations', 'articles', 'gaps', 'mail', 'dead'];
// → [view, part …] of "#/view/part…".
function usePlace(): string[] {
  const [hash, set_hash] = useState(location.hash);
  useEffect(() => {
    const update = () => set_hash(location.hash);
    addEventListener('hashchange', update);
    return () => removeEventListener('hashchange', update);
  }, []);
  const [, view = '', ...place] = hash.split('/');
  return [kViews.includes(view) ? view : 'tickets', ...place.map(decoded).filter(Boolean)];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function first_lang(): Lang {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(kLangKey);
  } catch { /* refused */ }
  const asked = new URLSearchParams(location.search).get('lang') ?? kept ?? navigator.language;
  return asked.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

render(<App />, document.getElementById('app')!);
