// Stored mail: what is held and why first, the rest on request.
import { useState } from 'preact/hooks';
import type { StaffProps } from './article';
import type { Mail, MailRow } from './kb_api';
import { Choice, named } from './kb_parts';
import { MailScreen } from './mail_detail';
import { Ago, Badge, More, Shown } from './parts';
import type { Texts } from './texts';
import { useList } from './use';

const kStates = ['quarantined', 'released', 'deleted', ''];
let kept = 'quarantined';

export function MailList({ id, changed, ...props }: StaffProps & { id: string; changed(): void }) {
  const { text, lang } = props;
  const [state, set_state] = useState(kept);
  const list = useList<MailRow>(`/mail${state && `?state=${state}`}`, (mail) => mail.id, { keep: true });
  const names: Record<string, string> = { quarantined: text.m_held, released: text.m_released, deleted: text.m_deleted, '': text.m_all };
  return (
    <section class={`conversations mail ${id ? 'reading' : ''}`} aria-labelledby="title">
      <div class="list">
        <div class="head"><h1 id="title" tabIndex={-1}>{text.mail}</h1><button type="button" onClick={list.reload}>{text.refresh}</button></div>
        <form class="filters" onSubmit={(event) => event.preventDefault()}>
          <Choice label={text.m_show} value={state} change={(name) => set_state((kept = name))} options={kStates.map((name) => [name, names[name]])} />
        </form>
        <Shown of={list} text={text} empty={text.m_none} empty_more={text.m_none_more}>
          {(rows) => (
            <ul class="rows">
              {rows.map((row) => (
                <li key={row.id}>
                  <a href={`#/mail/${encodeURIComponent(row.id)}`} aria-current={row.id === id ? 'true' : undefined}>
                    <span class="line"><b>{row.from.name || row.from.address || row.channel}</b><Ago at={row.received_at} lang={lang} /></span>
                    <span class="last">{row.subject || text.m_no_subject}</span>
                    <span class="line small"><Fate mail={row} text={text} /><span>{[row.from.name && row.from.address, row.reference].filter(Boolean).join(' · ')}</span></span>
                  </a>
                </li>
              ))}
            </ul>
          )}
        </Shown>
        <More list={list} text={text} />
      </div>
      <div class="detail">{id ? <MailScreen key={id} id={id} {...props} changed={() => { list.reload(); changed(); }} /> : <p class="nothing">{text.m_pick}</p>}</div>
    </section>
  );
}

export function Fate({ mail, text }: { mail: Mail; text: Texts }) {
  if (mail.quarantine) return <Badge kind={mail.quarantine.state === 'held' ? 'warn' : 'calm'}>{named(text, 'm_state', mail.quarantine.state)}</Badge>;
  return <><Badge kind="calm">{named(text, 'm_fate', mail.fate)}</Badge>{mail.kind !== 'message' && <Badge kind="calm">{named(text, 'm_kind', mail.kind)}</Badge>}</>;
}
