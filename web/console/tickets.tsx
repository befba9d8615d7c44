import type { Ticket } from './api';
import { Ago, Badge, More, Shown, type ViewProps } from './parts';
import { useList } from './use';

export function Tickets({ text, lang }: ViewProps) {
  const list = useList<Ticket>('/tickets', (ticket) => ticket.case);
  return (
    <section aria-labelledby="title">
      <div class="head"><h1 id="title" tabIndex={-1}>{text.tickets}</h1><button type="button" onClick={list.reload}>{text.refresh}</button></div>
      <Shown of={list} text={text} empty={text.no_tickets} empty_more={text.no_tickets_more}>
        {(rows) => (
          <div class="table" role="region" aria-labelledby="title" tabIndex={0}>
            <table>
              <thead><tr>{[text.ticket, text.subject, text.priority, text.fault, text.customer, text.channel, text.state, text.created].map((name) => <th scope="col" key={name}>{name}</th>)}</tr></thead>
              <tbody>
                {rows.map((row) => <Row key={row.case} row={row} text={text} lang={lang} />)}
              </tbody>
            </table>
          </div>
        )}
      </Shown>
      <More list={list} text={text} />
    </section>
  );
}

function Row({ row, text, lang }: ViewProps & { row: Ticket }) {
  const name = row.number || row.reference;  // the number customers are told
  return (
    <tr>
      <th scope="row" data-label={text.ticket}>
        <span>{is_web(row.url) ? <a href={row.url} target="_blank" rel="noopener noreferrer" title={`${text.open_ticket} (${row.reference})`}>{name}</a> : <span title={row.reference}>{name}</span>}
        {row.provisional && <> <Badge kind="warn">{text.provisional}</Badge></>}</span>
      </th>
      <td data-label={text.subject}><a href={`#/conversations/${encodeURIComponent(row.conversation)}`} title={text.show_conversation}>{row.subject || '–'}</a></td>
      <td data-label={text.priority}>{row.priority ? <Badge kind={row.priority}>{row.priority}</Badge> : '–'}</td>
      <td data-label={text.fault}>{row.fault_class || '–'}</td>
      <td data-label={text.customer}>{row.customer || text.unknown_customer}</td>
      <td data-label={text.channel}>{row.channel}</td>
      <td data-label={text.state}>{row.state}</td>
      <td data-label={text.created}><Ago at={row.created_at} lang={lang} /></td>
    </tr>
  );
}

// A ticket system's address comes from outside: only a web address becomes a link.
const is_web = (url: string): boolean => /^https?:\/\//i.test(url);
