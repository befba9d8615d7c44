// How the mailboxes do that mail is fetched from: in words, so that nobody has to go by the colour.
import type { Mailbox } from './api';
import { Ago, Badge, duration, type ViewProps } from './parts';
import { fill } from './texts';

type State = 'good' | 'warn' | 'bad' | 'starting';
function state_of(box: Mailbox): State {
  if (box.error) return 'bad';
  if (!box.ok) return 'starting';
  return box.warning || box.failing ? 'warn' : 'good';
}

export function Mailboxes({ text, lang, mailboxes = [] }: ViewProps & { mailboxes?: Mailbox[] }) {
  return (
    <div class="mailboxes">
      <p class="name" id="mailboxes">{text.b_title}</p>
      {mailboxes.length
        ? <ul aria-labelledby="mailboxes">{mailboxes.map((box) => <Box key={box.name} box={box} text={text} lang={lang} />)}</ul>
        : <p class="soft">{text.b_none}</p>}
    </div>
  );
}

function Box({ box, text, lang }: ViewProps & { box: Mailbox }) {
  const state = state_of(box);
  const name = { good: text.b_ok, warn: text.b_warn, bad: text.b_bad, starting: text.b_starting }[state];
  return (
    <li class={state}>
      <p class="line"><b>{box.name}</b><Badge kind={state}>{name}</Badge></p>
      <p>{box.user} · {box.host} · {box.folder}</p>
      {box.error && <p class="told"><strong>{text.b_error}</strong> <span lang="en">{box.error}</span></p>}
      {box.warning && <p class="told"><strong>{text.b_warning}</strong> <span lang="en">{box.warning}</span></p>}
      <p>
        <When at={box.last_seen_at} words={text.b_seen} never={text.b_never} lang={lang} /> · <When at={box.last_message_at} words={text.b_mail} never={text.b_no_mail} lang={lang} />
        {' · '}{box.behind_seconds === null ? text.b_not_behind : fill(text.b_behind, duration(box.behind_seconds, lang))}
      </p>
      {box.last_seen_at && <p>{fill(text.b_counts, box.on_server, box.waiting, box.taken, box.failing, box.skipped)}{box.ok && !box.counts_agree && ` · ${text.b_disagree}`}</p>}
    </li>
  );
}

// "Looked through 5 minutes ago": the time stands where {0} is.
function When({ at, words, never, lang }: { at: string | null; words: string; never: string; lang: ViewProps['lang'] }) {
  if (!at) return <>{never}</>;
  const [before, after] = words.split('{0}');
  return <>{before}<Ago at={at} lang={lang} />{after}</>;
}
