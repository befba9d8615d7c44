// The conversation: a log that screen readers follow, with the open question's answers as buttons.
import { useMemo, useState } from 'preact/hooks';
import type { Choice } from './frames';
import { SentFiles } from './files';
import { DownIcon } from './icons';
import { useFollowing } from './following';
import { linked } from './linked';
import type { Line, Session, Snapshot } from './session';
import type { Texts } from './texts';

interface Actions { choose(choice: Choice): void; retry(cmid: string): void; edit(cmid: string): void }

export function Transcript({ snapshot, text, session, ...actions }: { snapshot: Snapshot; text: Texts; session: Session } & Actions) {
  const { lines, is_typing } = snapshot;
  const open = last_index(lines, (line) => line.from !== 'customer' && !!line.choices?.length);
  const last_own = last_index(lines, (line) => line.from === 'customer');
  const { box, is_away, on_scroll, to_end } = useFollowing(lines, is_typing);

  return (
    <div class="middle">
      <div class="log" role="log" aria-live="polite" aria-relevant="additions" aria-label={text.log} tabIndex={0} ref={box} onScroll={on_scroll}>
        {lines.length === 0 && <p class="empty">{text.empty}</p>}
        {lines.map((line, index) => (
          <Bubble key={line.cmid ?? line.id ?? line.seq} line={line} text={text} session={session} actions={actions}
                  is_new_speaker={lines[index - 1]?.from !== line.from} is_last_own={index === last_own}
                  chosen={line.choices?.length ? answer_to(lines, index) : undefined} is_open={index === open && last_own < open} />
        ))}
        {is_typing && <div class="typing" aria-hidden="true" title={text.typing}><i /><i /><i /></div>}
      </div>
      {is_away && <button type="button" class="icon newest" aria-label={text.to_newest} onClick={to_end}><DownIcon /></button>}
    </div>
  );
}

interface BubbleProps {
  line: Line; text: Texts; session: Session; actions: Actions; is_new_speaker: boolean; is_last_own: boolean; is_open: boolean; chosen: string | undefined;
}
function Bubble({ line, text, session, actions, is_new_speaker, is_last_own, is_open, chosen }: BubbleProps) {
  const who = { customer: text.you, bot: text.bot, staff: text.staff }[line.from];
  return (
    <article class={`line ${line.from} ${line.state ?? ''}`} data-seq={line.seq}>
      <p class={is_new_speaker && line.from !== 'customer' ? 'who' : 'hidden'}>{who}</p>
      {line.picture && <Picture address={session.address_of(line.picture)} words={line.text} text={text} />}
      {line.html ? <Article html={line.html} session={session} /> : !line.files?.length ? <p class="text">{linked(line.text)}</p> : (
        <div class="text">
          {line.text && <p>{linked(line.text)}</p>}
          <SentFiles line={line} text={text} session={session} />
        </div>
      )}
      {!!line.choices?.length && (
        <div class="choices" role="group" aria-label={text.options}>
          {line.choices.map((choice) => (
            <button type="button" key={choice.id} data-choice={choice.id} disabled={!is_open} class={choice.label === chosen ? 'chosen' : ''}
                    onClick={() => actions.choose(choice)}>
              {choice.label}{choice.label === chosen && <span class="hidden"> ({text.chosen})</span>}
            </button>
          ))}
        </div>
      )}
      {line.state && <Fate line={line} text={text} actions={actions} is_last_own={is_last_own} />}
    </article>
  );
}

function Fate({ line, text, actions, is_last_own }: { line: Line; text: Texts; actions: Actions; is_last_own: boolean }) {
  const cmid = line.cmid ?? '';
  if (line.state === 'failed') {
    return (
      <div class="fate failed">
        <p>{failure(line, text)}</p>
        {!kForGood.includes(line.code ?? '') && <button type="button" onClick={() => actions.retry(cmid)}>{text.retry}</button>}
        <button type="button" onClick={() => actions.edit(cmid)}>{text.edit}</button>
      </div>
    );
  }
  if (line.progress !== undefined) {
    return <p class="fate sending"><label>{text.uploading} <progress value={line.progress} max={1} /></label></p>;
  }
  const words = { sending: text.sending, waiting: text.waiting, received: text.received }[line.state!];
  return <p class={line.state === 'received' && !is_last_own ? 'hidden' : `fate ${line.state}`}>{words}</p>;
}

const kForGood = ['too_long', 'too_large', 'too_many_files', 'file_type'];  // sending it again as it is cannot help
function failure(line: Line, text: Texts): string {
  if (line.code === 'too_long') return text.too_long;
  return kForGood.includes(line.code ?? '') ? line.problem || text.failed : text.failed;
}

// What to look at, above the question about it. Opened by itself it can be made larger.
function Picture({ address, words, text }: { address: string; words: string; text: Texts }) {
  const [is_missing, set_missing] = useState(false);
  if (is_missing || !/^https?:/.test(address)) return null;
  return (
    <a class="picture" href={address} target="_blank" rel="noopener noreferrer" title={text.open_picture}>
      <img src={address} alt={first_sentence(words)} referrerpolicy="no-referrer" onError={() => set_missing(true)} />
    </a>
  );
}

function first_sentence(words: string): string {
  return /^.*?(?:[.?!](?=\s)|[。？！]|$)/m.exec(words)?.[0] ?? words;
}

// An article, as the server made it safe. Its links leave the conversation open behind them.
function Article({ html, session }: { html: string; session: Session }) {
  const ready = useMemo(() => {
    const parts = document.createElement('template');  // nothing in it is loaded before its addresses are right
    parts.innerHTML = html;
    // Addresses on the server that answers, not on the page the chat stands on.
    for (const name of ['href', 'src']) {
      for (const part of parts.content.querySelectorAll(`[${name}^="/"]:not([${name}^="//"])`))
        part.setAttribute(name, session.address_of(part.getAttribute(name)!));
    }
    for (const link of parts.content.querySelectorAll('a[href]')) {
      link.setAttribute('target', '_blank');
      link.setAttribute('rel', 'noopener noreferrer');
    }
    for (const picture of parts.content.querySelectorAll('img')) picture.setAttribute('referrerpolicy', 'no-referrer');
    return parts.innerHTML;
  }, [html]);
  return <div class="text article" dangerouslySetInnerHTML={{ __html: ready }} />;
}

// What the customer answered to the question at `index`: their next line.
function answer_to(lines: Line[], index: number): string | undefined {
  return lines.slice(index + 1).find((line) => line.from === 'customer')?.text;
}

function last_index(lines: Line[], matches: (line: Line) => boolean): number {
  let index = lines.length - 1;
  while (index >= 0 && !matches(lines[index]!)) --index;
  return index;
}
