// What could not be delivered, why, and the way back into the queue.
import { useRef, useState } from 'preact/hooks';
import { ApiError, post, type OutboxRow } from './api';
import { Ago, More, Shown, type ViewProps } from './parts';
import { fill } from './texts';
import { useList } from './use';

export function DeadLetters({ text, lang, changed }: ViewProps & { changed(): void }) {
  const list = useList<OutboxRow>('/outbox?state=dead', (row) => row.id);
  const [asked, set_asked] = useState<OutboxRow | 'all'>('all');
  const [outcome, set_outcome] = useState('');
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useRef<HTMLHeadingElement>(null);

  const ask = (what: OutboxRow | 'all') => {
    set_asked(what);
    dialog.current?.showModal();
  };
  const redrive = async () => {
    dialog.current?.close();
    set_outcome('');
    try {
      const count = asked === 'all' ? (await post<{ redriven: number }>('/outbox/redrive')).redriven : (await post<OutboxRow>(`/outbox/${encodeURIComponent(asked.id)}/redrive`), 1);
      set_outcome(fill(text.redriven, count));
    } catch (failure) {
      const { status, message } = failure as ApiError;
      set_outcome(status === 409 ? text.not_dead : status ? message || fill(text.failed, status) : text.no_answer);
    }
    list.reload();
    changed();
    title.current?.focus();  // the button that was pressed is gone with its row
  };

  return (
    <section aria-labelledby="title">
      <div class="head">
        <h1 id="title" tabIndex={-1} ref={title}>{text.dead}</h1>
        <button type="button" onClick={list.reload}>{text.refresh}</button>
        {!!list.data?.length && <button type="button" class="primary" onClick={() => ask('all')}>{text.redrive_all}</button>}
      </div>
      <p class="outcome" role="status">{outcome}</p>
      <Shown of={list} text={text} empty={text.no_dead} empty_more={text.no_dead_more}>
        {(rows) => (
          <div class="table" role="region" aria-labelledby="title" tabIndex={0}>
            <table>
              <thead><tr>{[text.kind, text.target, text.reason, text.last_response, text.attempts, text.created, text.action].map((name) => <th scope="col" key={name}>{name}</th>)}</tr></thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.id}>
                    <th scope="row" data-label={text.kind}>{row.conversation ? <a href={`#/conversations/${encodeURIComponent(row.conversation)}`} title={text.show_conversation}>{row.kind}</a> : row.kind}</th>
                    <td data-label={text.target}>{row.target}</td>
                    <td data-label={text.reason}>{row.reason}</td>
                    <td data-label={text.last_response}>{row.last_response ? <code class="response">{row.last_response}</code> : <span class="soft">{text.no_response}</span>}</td>
                    <td data-label={text.attempts} class="number">{row.attempts}</td>
                    <td data-label={text.created}><Ago at={row.created_at} lang={lang} /></td>
                    <td data-label={text.action}><button type="button" onClick={() => ask(row)} aria-label={`${text.redrive}: ${row.kind} ${row.target}`}>{text.redrive}</button></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Shown>
      <More list={list} text={text} />
      <dialog ref={dialog} aria-labelledby="ask">
        <h2 id="ask">{asked === 'all' ? text.redrive_all_ask : text.redrive_one_ask}</h2>
        {asked !== 'all' && <p><b>{asked.kind} → {asked.target}</b><br />{asked.reason}</p>}
        <p>{text.redrive_more}</p>
        <p class="buttons">
          <button type="button" onClick={() => dialog.current?.close()}>{text.cancel}</button>
          <button type="button" class="primary" onClick={redrive}>{asked === 'all' ? text.redrive_all : text.redrive}</button>
        </p>
      </dialog>
    </section>
  );
}
