// The strip on top: is anything burning?
import type { Overview as Figures } from './api';
import { Mailboxes } from './mailboxes';
import { Ago, duration, Failure, type ViewProps } from './parts';
import { fill } from './texts';
import type { Loaded } from './use';

export function Overview({ text, lang, figures }: ViewProps & { figures: Loaded<Figures> }) {
  const { data, error, reload } = figures;
  if (!data) return <section class="overview" aria-label={text.overview}>{error ? <Failure error={error} text={text} retry={reload} /> : <p class="loading" role="status">{text.loading}</p>}</section>;
  const { ticket_system } = data;
  return (
    <section class="overview" aria-label={text.overview}>
      <dl>
        <div><dt>{text.open}</dt><dd>{data.open}</dd></div>
        <div><dt>{text.tickets_today}</dt><dd>{data.tickets_today}</dd></div>
        <div class={data.dead ? 'bad' : ''}><dt>{text.dead}</dt><dd>{data.dead ? <a href="#/dead">{data.dead}</a> : 0}</dd></div>
        <div><dt>{text.oldest}</dt><dd>{data.oldest_pending_seconds === null ? '–' : duration(data.oldest_pending_seconds, lang)}</dd></div>
        <div class={ticket_system.ok ? 'good' : 'bad'}>
          <dt>{text.ticket_system}{ticket_system.name && `: ${ticket_system.name}`}</dt>
          <dd>{ticket_system.ok ? text.ok : text.down}</dd>
          {ticket_system.message && <dd class="small">{ticket_system.message}</dd>}
        </div>
      </dl>
      {data.channels.length > 0 && (
        <ul class="channels" aria-label={text.channels}>
          {data.channels.map((channel) => (
            <li key={channel.name} class={channel.errors ? 'bad' : ''}>
              <b>{channel.name}</b> {channel.received} · {channel.last_message_at ? <Ago at={channel.last_message_at} lang={lang} /> : text.no_message}
              {channel.errors > 0 && <span> · {fill(text.errors, channel.errors)}</span>}
            </li>
          ))}
        </ul>
      )}
      <Mailboxes text={text} lang={lang} mailboxes={data.mailboxes} />
    </section>
  );
}
