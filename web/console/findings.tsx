// What is wrong with articles, as `usher kb lint` sees it.
import { useState } from 'preact/hooks';
import { KnowledgeNav } from './articles';
import { article_link, type Finding } from './kb_api';
import { Choice, named } from './kb_parts';
import { Badge, Shown, type ViewProps } from './parts';
import { fill } from './texts';
import { useLoaded } from './use';

export function Findings({ text }: ViewProps) {
  const [which, set_which] = useState('');
  const loaded = useLoaded<{ findings: Finding[] }>('/kb/lint', { still: true });
  const rows = loaded.data?.findings.filter((one) => !which || (which === 'errors' ? !one.is_warning : one.rule === which));
  const rules = [...new Set(loaded.data?.findings.map((one) => one.rule))].sort();
  return (
    <section aria-labelledby="title">
      <div class="head"><h1 id="title" tabIndex={-1}>{text.f_title}</h1><button type="button" onClick={loaded.reload}>{text.refresh}</button></div>
      <KnowledgeNav text={text} at="findings" />
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <Choice label={text.m_show} value={which} change={set_which} options={[['', text.f_all], ['errors', text.f_errors], ...rules.map((rule): [string, string] => [rule, rule])]} />
      </form>
      <p class="small count_of" role="status">{rows ? fill(text.f_count, rows.length) : ''}</p>
      <Shown of={{ ...loaded, data: rows }} text={text} empty={text.f_none} empty_more={text.f_none_more}>
        {(shown) => (
          <div class="table" role="region" aria-labelledby="title" tabIndex={0}>
            <table>
              <thead><tr>{[text.g_article, text.f_rule, text.f_message, text.f_hint].map((name) => <th scope="col" key={name}>{name}</th>)}</tr></thead>
              <tbody>
                {shown.map((one, index) => (
                  <tr key={index}>
                    <th scope="row" data-label={text.g_article}><span>{one.id ? <a href={article_link(one.id, one.language)}>{one.id}</a> : '–'} <span class="small">{named(text, 'lang', one.language)}</span></span></th>
                    <td data-label={text.f_rule}><span class="line"><Badge kind={one.is_warning ? 'warn' : 'p1'}>{one.is_warning ? text.f_warning : text.f_error}</Badge>{one.rule}</span></td>
                    <td data-label={text.f_message}>{one.message}</td>
                    <td data-label={text.f_hint}>{one.hint}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Shown>
    </section>
  );
}
