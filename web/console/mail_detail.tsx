// One stored mail: why it was held, what the rules saw, and the decision about it. Its text is shown as text, never as HTML.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, post } from './api';
import type { StaffProps } from './article';
import type { MailDetail } from './kb_api';
import { Ask, in_words, named } from './kb_parts';
import { Fate } from './mail';
import { Ago, Badge, Failure } from './parts';
import { fill, type Texts } from './texts';
import { useLoaded } from './use';

const written = ({ name, address }: { name: string; address: string }) => (name ? `${name} <${address}>` : address);

export function MailScreen({ id, text, lang, me, changed }: StaffProps & { id: string; changed(): void }) {
  const { data, error, reload } = useLoaded<MailDetail>(`/mail/${encodeURIComponent(id)}`);
  const title = useRef<HTMLHeadingElement>(null);
  const [said, say] = useState<{ words: string; conversation?: string } | undefined>();
  const is_there = !!data;
  useEffect(() => { if (is_there) title.current?.focus({ preventScroll: true }); }, [is_there]);
  const back = <p class="back"><a href="#/mail">← {text.m_back}</a></p>;
  if (!data) {
    if (error?.status === 404) return <>{back}<p class="nothing">{text.m_gone}</p></>;
    return <>{back}{error ? <Failure error={error} text={text} retry={reload} /> : <p class="loading" role="status">{text.loading}</p>}</>;
  }
  const { explain, quarantine, envelope } = data;
  const done = (words: string, conversation?: string) => {
    say({ words, conversation });
    reload();
    changed();
    title.current?.focus();
  };
  const conversation = data.conversation || quarantine?.conversation;
  return (
    <article>
      {back}
      <h2 ref={title} tabIndex={-1}>{explain ? explain.subject || text.m_no_subject : text.m_deleted_content}</h2>
      <p class="line small"><Fate mail={data} text={text} /><Ago at={data.received_at} lang={lang} />
        {conversation && <a href={`#/conversations/${encodeURIComponent(conversation)}`}>{data.reference ? `${text.m_case} ${data.reference}` : text.m_to_conversation}</a>}
        {quarantine?.settled_by && <span>{fill(text.m_settled, named(text, 'm_state', quarantine.state), quarantine.settled_by)}</span>}</p>
      {error && <p class="stale" role="status">{text.stale}</p>}
      <p class="outcome" role="status">{said && <>{said.words} {said.conversation && <a href={`#/conversations/${encodeURIComponent(said.conversation)}`}>{text.m_to_conversation}</a>}</>}</p>
      {quarantine && (
        <section class="cause" aria-labelledby="cause">
          <h3 id="cause">{text.m_why}</h3>
          <p><b>{named(text, 'm_cause', quarantine.cause)}</b></p>
          {quarantine.evidence && <p class="small">{text.m_evidence}: <code>{quarantine.evidence}</code></p>}
        </section>
      )}
      <Decide data={data} text={text} me={me} done={done} />
      {!quarantine && data.reason && <p class="small">{text.reason}: {data.reason}</p>}
      {explain && (
        <>
          <dl class="facts">
            <div><dt>{text.m_from}</dt><dd>{written(explain.from) || '–'}</dd></div>
            <div><dt>{text.m_to}</dt><dd>{explain.to.map(written).join(', ') || '–'}</dd></div>
            {envelope && <div><dt>{text.m_envelope}</dt><dd>{[envelope.from && `MAIL FROM ${envelope.from}`, envelope.to?.length && `RCPT TO ${envelope.to.join(', ')}`, envelope.peer, envelope.helo, envelope.tls && 'TLS'].filter(Boolean).join(' · ')}</dd></div>}
            <div><dt>{text.m_size}</dt><dd>{size_of(data.size, lang)}</dd></div>
            {explain.attachments.length > 0 && <div><dt>{text.m_attachments}</dt><dd><ul>{explain.attachments.map((file, index) => (
              <li key={index}>{file.name || file.type} ({file.type}, {size_of(file.size, lang)})
                {file.refused && <><br /><Badge kind="warn">{text.m_refused}</Badge> <span class="small">{fill(text.m_refused_why, file.refused)}</span></>}</li>
            ))}</ul></dd></div>}
            {explain.warnings.length > 0 && <div><dt>{text.m_warnings}</dt><dd><ul>{explain.warnings.map((words, index) => <li key={index}>{words}</li>)}</ul></dd></div>}
          </dl>
          <h3>{text.m_text}</h3>
          <Words explain={explain} text={text} />
          <h3 id="rules">{text.m_rules}</h3>
          <p class="small">{text.m_rules_now}</p>
          <ol class="rules" aria-labelledby="rules">{explain.rules.map((rule, index) => <li key={index}><code>{rule.rule}</code> <span>{rule.evidence}</span></li>)}</ol>
        </>
      )}
    </article>
  );
}

function Words({ explain, text }: { explain: NonNullable<MailDetail['explain']>; text: Texts }) {
  const words = explain.reply_text || explain.text;
  return (
    <>
      {words ? <p class="said mail_text">{words}</p> : <p class="soft">{text.m_no_text}</p>}
      {explain.quoted_text && <details class="why"><summary>{text.m_quoted}</summary><p class="said mail_text">{explain.quoted_text}</p></details>}
    </>
  );
}

// Letting in and deleting are asked twice: what was let in reaches customers, what was deleted is gone.
function Decide({ data, text, me, done }: { data: MailDetail; text: Texts; me: StaffProps['me']; done(words: string, conversation?: string): void }) {
  const [asked, set_asked] = useState<'' | 'release' | 'delete'>('');
  const [to, set_to] = useState('new');
  const [participant, set_participant] = useState(false);
  const [note, set_note] = useState('');
  const is_held = data.quarantine?.state === 'held';
  const path = `/mail/${encodeURIComponent(data.id)}`;
  const run = async (action: () => Promise<[string, string?]>) => {
    try {
      const result = await action();
      return () => done(...result);
    } catch (failure) {
      return failure instanceof ApiError && failure.status === 409 ? text.m_not_held : in_words(failure, text, me);
    }
  };
  const release = () => run(async () => {
    const { reference, conversation } = await post<{ conversation: string; reference: string }>(`${path}/release`, to === 'case' ? { to, participant } : { to });
    return [fill(text.m_did_release, reference || (to === 'case' ? data.reference : '')), conversation];
  });
  const remove = () => run(async () => {
    await post(`${path}/delete`, { note });
    return [text.m_did_delete];
  });
  const has_case = !!data.quarantine?.conversation;
  return (
    <>
      <p class="line decide">
        {is_held && <button type="button" class="primary" onClick={() => { set_to('new'); set_participant(false); set_asked('release'); }}>{text.m_release}</button>}
        {is_held && <button type="button" onClick={() => { set_note(''); set_asked('delete'); }}>{text.delete} …</button>}
        {data.explain && <span><a class="button" href={`/api${path}/source`} download={`${data.id}.eml`}>{text.m_source}</a> <span class="small">{text.m_source_more}</span></span>}
      </p>
      <Ask title={text.m_release_ask} action={text.m_release_do} cancel={text.cancel} is_open={asked === 'release'} close={() => set_asked('')} run={release}>
        <fieldset>
          <legend class="hidden">{text.m_release_ask}</legend>
          <label class="tick"><input type="radio" name="to" checked={to === 'new'} onChange={() => set_to('new')} /> {text.m_release_new}</label>
          {has_case && <label class="tick"><input type="radio" name="to" checked={to === 'case'} onChange={() => set_to('case')} /> {fill(text.m_release_case, data.reference)}</label>}
          {has_case && to === 'case' && <label class="tick inner"><input type="checkbox" checked={participant} onChange={(event) => set_participant(event.currentTarget.checked)} /> <span>{text.m_participant}<br /><span class="small">{text.m_participant_more}</span></span></label>}
        </fieldset>
      </Ask>
      <Ask title={text.m_delete_ask} action={text.delete} cancel={text.cancel} is_open={asked === 'delete'} close={() => set_asked('')} run={remove} danger>
        <p>{text.m_delete_more}</p>
        <div class="field"><label for="delete_note">{text.m_note}</label><input id="delete_note" value={note} maxLength={500} onInput={(event) => set_note(event.currentTarget.value)} /></div>
      </Ask>
    </>
  );
}

function size_of(bytes: number, lang: StaffProps['lang']): string {
  const [value, unit] = bytes >= 1_000_000 ? [bytes / 1_000_000, 'megabyte'] : bytes >= 1000 ? [bytes / 1000, 'kilobyte'] : [bytes, 'byte'];
  return new Intl.NumberFormat(lang === 'zh' ? 'zh-CN' : 'en-GB', { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 }).format(value);
}
