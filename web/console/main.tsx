// The first console: sign in, then tickets, conversations and dead letters under a strip of figures. The place in it is the address's
// fragment (#/conversations/ID), so that back, reload and a link all work.
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, post, when_signed_out, type Me, type Overview as Figures } from './api';
import './console.css';
import { Conversations } from './conversations';
import { DeadLetters } from './dead';
import { Overview } from './overview';
import { SignIn } from './sign_in';
import { texts, type Lang, type Texts } from './texts';
import { Tickets } from './tickets';
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
  const [view, id] = usePlace();
  const figures = useLoaded<Figures>('/overview');
  const names: [string, string][] = [['tickets', text.tickets], ['conversations', text.conversations], ['dead', text.dead]];
  const title = names.find(([name]) => name === view)?.[1] ?? text.tickets;
  const main = useRef<HTMLElement>(null);
  const is_first = useRef(true);
  useEffect(() => { document.title = `${title} – Usher`; }, [title]);
  useEffect(() => {
    // A new view is announced by its heading; the first one leaves the focus where the browser put it.
    if (!is_first.current && !id) main.current?.querySelector<HTMLElement>('h1')?.focus();
    is_first.current = false;
  }, [view, id]);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>{text.skip}</a>
      <header class="top">
        <p class="brand"><img src="/favicon.svg" alt="" width="32" height="32" /> Usher</p>
        <nav aria-label={text.nav}>
          {names.map(([name, label]) => (
            <a key={name} href={`#/${name}`} aria-current={name === view ? 'page' : undefined}>
              {label}{name === 'dead' && !!figures.data?.dead && <span class="count">{figures.data.dead}</span>}
            </a>
          ))}
        </nav>
        <div class="who">{switcher}<span>{me.name}</span><button type="button" onClick={sign_out}>{text.sign_out}</button></div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <Overview text={text} lang={lang} figures={figures} />
        {view === 'conversations' ? <Conversations text={text} lang={lang} id={id} />
          : view === 'dead' ? <DeadLetters text={text} lang={lang} changed={figures.reload} />
          : <Tickets text={text} lang={lang} />}
      </main>
    </>
  );
}

// → [view, id] of "#/view/id".
function usePlace(): [string, string] {
  const [hash, set_hash] = useState(location.hash);
  useEffect(() => {
    const update = () => set_hash(location.hash);
    addEventListener('hashchange', update);
    return () => removeEventListener('hashchange', update);
  }, []);
  const [, view = '', id = ''] = hash.split('/');
  return [['conversations', 'dead'].includes(view) ? view : 'tickets', decoded(id)];
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
