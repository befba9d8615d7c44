// The list of conversations, and beside it the one that is read.
import { useEffect, useRef } from 'preact/hooks';
import type { Conversation, ConversationDetail } from './api';
import { CauseFound } from './cause';
import { AddressFailing, KeptBack } from './kept_back';
import { Ago, Badge, Failure, More, Shown, status_name, type ViewProps } from './parts';
import { useList, useLoaded } from './use';

export function Conversations({ text, lang, id }: ViewProps & { id: string }) {
  const list = useList<Conversation>('/conversations', (conversation) => conversation.id);
  return (
    <section class={`conversations ${id ? 'reading' : ''}`} aria-labelledby="title">
      <div class="list">
        <div class="head"><h1 id="title" tabIndex={-1}>{text.conversations}</h1><button type="button" onClick={list.reload}>{text.refresh}</button></div>
        <Shown of={list} text={text} empty={text.no_conversations} empty_more={text.no_conversations_more}>
          {(rows) => (
            <ul class="rows">
              {rows.map((row) => (
                <li key={row.id}>
                  <a href={`#/conversations/${encodeURIComponent(row.id)}`} aria-current={row.id === id ? 'true' : undefined}>
                    <span class="line"><b>{row.customer || text.unknown_customer}</b><Ago at={row.last_at} lang={lang} /></span>
                    <span class="last" lang={row.language}>{row.last_text}</span>
                    <span class="line small"><Badge kind={row.status}>{status_name(row.status, text)}</Badge><span>{[row.channel, row.dialog, row.reference].filter(Boolean).join(' · ')}</span></span>
                  </a>
                </li>
              ))}
            </ul>
          )}
        </Shown>
        <More list={list} text={text} />
      </div>
      <div class="detail">{id ? <Detail key={id} id={id} text={text} lang={lang} /> : <p class="nothing">{text.pick}</p>}</div>
    </section>
  );
}

function Detail({ id, text, lang }: ViewProps & { id: string }) {
  const { data, error, reload } = useLoaded<ConversationDetail>(`/conversations/${encodeURIComponent(id)}?lang=${lang}`);
  const title = useRef<HTMLHeadingElement>(null);
  const is_there = !!data;
  useEffect(() => { if (is_there) title.current?.focus({ preventScroll: true }); }, [is_there]);
  const back = <p class="back"><a href="#/conversations">← {text.back}</a></p>;
  if (!data) {
    if (error?.status === 404) return <>{back}<p class="nothing">{text.gone}</p></>;
    return <>{back}{error ? <Failure error={error} text={text} retry={reload} /> : <p class="loading" role="status">{text.loading}</p>}</>;
  }
  const who: Record<string, string> = { customer: text.from_customer, bot: text.from_bot, staff: text.from_staff };
  const seqs = new Set(data.messages.map((message) => message.seq));
  const loose = data.trace.filter((trace) => !seqs.has(trace.seq));
  return (
    <article>
      {back}
      <h2 ref={title} tabIndex={-1}>{data.customer || text.unknown_customer}</h2>
      <p class="line small"><Badge kind={data.status}>{status_name(data.status, text)}</Badge>
        <span>{[data.channel, data.language, data.dialog && `${text.dialog}: ${data.dialog}`, data.reference && `${text.ticket} ${data.reference}`].filter(Boolean).join(' · ')}</span></p>
      {error && <p class="stale" role="status">{text.stale}</p>}
      {data.address_fails && <AddressFailing failure={data.address_fails} text={text} lang={lang} />}
      <div class="split">
        <section aria-labelledby="transcript">
          <h3 id="transcript">{text.transcript}</h3>
          <ol class="transcript">
            {data.messages.map((message) => (
              <li key={message.seq} class={`${message.from}${message.not_sent ? ' kept_back' : ''}`}>
                <p class="small line"><b>{who[message.from] ?? message.from}</b><Ago at={message.at} lang={lang} /></p>
                <p class="said" lang={data.language}>{message.text}</p>
                {!!message.files?.length && <p class="offered"><span class="hidden">{text.files}: </span>{message.files.map((name) => <span key={name}>{name}</span>)}</p>}
                {!!message.choices?.length && <p class="offered"><span class="hidden">{text.offered}: </span>{message.choices.map((choice) => <span key={choice.id}>{choice.label}</span>)}</p>}
                {!!message.not_sent && <KeptBack reason={message.not_sent} text={text} />}
                <Why traces={data.trace.filter((trace) => trace.seq === message.seq)} label={text.why} />
              </li>
            ))}
          </ol>
          <Why traces={loose} label={text.why} />
        </section>
        <div class="side">
          <CauseFound text={text} lang={lang} id={id} causes={data.causes ?? {}} changed={reload} />
          <section aria-labelledby="collected">
            <h3 id="collected">{text.collected}</h3>
            {data.slots.length ? <dl>{data.slots.map((slot) => <div key={slot.name}><dt>{slot.label || slot.name}</dt><dd>{slot.value}</dd></div>)}</dl> : <p class="soft">{text.nothing}</p>}
          </section>
          <section aria-labelledby="tried">
            <h3 id="tried">{text.tried}</h3>
            {data.tried.length ? <ol class="tried">{data.tried.map((step, index) => <li key={index}>{step.what}: <b>{step.answer}</b></li>)}</ol> : <p class="soft">{text.nothing}</p>}
          </section>
        </div>
      </div>
    </article>
  );
}

// Why the bot did what it did at this line.
function Why({ traces, label }: { traces: ConversationDetail['trace']; label: string }) {
  if (!traces.length) return null;
  return (
    <details class="why">
      <summary>{label}</summary>
      <ul>{traces.map((trace, index) => <li key={index}><code>{trace.rule}</code> {trace.why}</li>)}</ul>
    </details>
  );
}
