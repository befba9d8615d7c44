// What an article was: its revisions, the difference between two of them, and the way back.
import { useEffect, useRef, useState } from 'preact/hooks';
import { get } from './api';
import type { StaffProps } from './article';
import { article_path, type DiffLine, type Revision, type Sourced } from './kb_api';
import { Choice, Diff, in_words, named } from './kb_parts';
import { Ago, Badge, Failure } from './parts';
import { fill } from './texts';
import { useLoaded } from './use';

interface Props extends StaffProps { id: string; language: string; newest: number; revision: number; put(source: string, revision: number): void }

export function History({ text, lang, me, id, language, newest, revision, put }: Props) {
  const path = article_path(id, language);
  const { data, error, reload } = useLoaded<{ revisions: Revision[] }>(`${path}/revisions?newest=${newest}.${revision}`, { keep: true, still: true });
  const [pair, set_pair] = useState<[number, number] | undefined>();
  const [refusal, set_refusal] = useState('');
  const use = async (which: number) => {
    set_refusal('');
    try {
      put((await get<Sourced>(`${path}/revisions/${which}`)).source, which);
    } catch (failure) {
      set_refusal(in_words(failure, text, me));
    }
  };
  if (!data) return <section class="card" aria-label={text.h_title}>{error ? <Failure error={error} text={text} retry={reload} /> : <p class="loading" role="status">{text.loading}</p>}</section>;
  const all = [...data.revisions].sort((a, b) => b.revision - a.revision);
  const numbers = all.map(({ revision: number }): [string, string] => [String(number), fill(text.a_revision, number)]);
  return (
    <section class="card" aria-labelledby="history">
      <h2 id="history">{text.h_title}</h2>
      <div class="table" role="region" aria-labelledby="history" tabIndex={0}>
        <table>
          <thead><tr>{[text.h_title, text.a_state, text.h_verdict, text.h_author, text.h_reason, text.h_when, text.action].map((name) => <th scope="col" key={name}>{name}</th>)}</tr></thead>
          <tbody>
            {all.map((row) => (
              <tr key={row.revision}>
                <th scope="row" data-label={text.h_title}>{row.revision}</th>
                <td data-label={text.a_state}><Badge kind={row.state}>{named(text, 'state', row.state)}</Badge></td>
                <td data-label={text.h_verdict}><span>{named(text, 'v', row.verdict)}{row.verdict_reason && <><br /><span class="small">{row.verdict_reason}</span></>}</span></td>
                <td data-label={text.h_author}><span>{row.author}{row.reviewer && <><br /><span class="small">{text.h_reviewer}: {row.reviewer}</span></>}</span></td>
                <td data-label={text.h_reason}>{row.reason || '–'}</td>
                <td data-label={text.h_when}><Ago at={row.at} lang={lang} /></td>
                <td data-label={text.action}>
                  <span class="line">
                    {row.revision > 1 && <button type="button" aria-label={`${text.h_changes}: ${row.revision}`} onClick={() => set_pair([row.revision - 1, row.revision])}>{text.h_changes}</button>}
                    {row.revision !== newest && <button type="button" aria-label={`${text.h_use}: ${row.revision}`} onClick={() => use(row.revision)}>{text.h_use}</button>}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p role="alert" class="refusal">{refusal}</p>
      {pair && (
        <div class="comparing">
          <div class="line">
            <Choice label={text.h_from} value={String(pair[0])} options={numbers} change={(from) => set_pair([Number(from), pair[1]])} />
            <Choice label={text.h_to} value={String(pair[1])} options={numbers} change={(to) => set_pair([pair[0], Number(to)])} />
          </div>
          <Compared path={path} from={pair[0]} to={pair[1]} text={text} language={language} />
        </div>
      )}
    </section>
  );
}

function Compared({ path, from, to, text, language }: { path: string; from: number; to: number; text: StaffProps['text']; language: string }) {
  const { data, error } = useLoaded<{ lines: DiffLine[] }>(`${path}/diff?from=${from}&to=${to}`, { keep: true, still: true });
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus({ preventScroll: false }), []);
  return (
    <>
      <h3 ref={title} tabIndex={-1}>{fill(text.h_diff, from, to)}</h3>
      {data ? <Diff lines={data.lines} text={text} lang={language} /> : <p class="loading" role="status">{error ? text.no_answer : text.loading}</p>}
    </>
  );
}
