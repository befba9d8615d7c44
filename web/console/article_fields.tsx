// The fields of the front matter as inputs; the source stays the one truth.
import { useEffect, useState } from 'preact/hooks';
import { type Field, list_of, text_of, with_field } from './front_matter';
import { kAudiences } from './kb_api';
import { Choice, Labelled, named } from './kb_parts';
import type { Texts } from './texts';

interface Props { source: string; write(source: string): void; text: Texts; language: string }

export function Fields({ source, write, text, language }: Props) {
  const props = { source, write, text, language };
  return (
    <div class="fields">
      <Labelled label={text.a_title}>{(id) => <input id={id} class="title" lang={language} value={text_of(source, 'title')} onInput={(event) => write(with_field(source, 'title', event.currentTarget.value))} />}</Labelled>
      <ListField {...props} field="products" label={text.a_products} />
      <ListField {...props} field="codes" label={text.a_codes} />
      <ListField {...props} field="synonyms" label={text.a_synonyms} />
      <ListField {...props} field="tags" label={text.a_tags} />
      <Choice label={text.audience} value={text_of(source, 'audience') || 'customer'} change={(audience) => write(with_field(source, 'audience', audience))} options={kAudiences.map((name) => [name, named(text, 'audience', name)])} />
      <Labelled label={text.a_review_by}>{(id) => <input id={id} type="date" value={text_of(source, 'review_by')} onInput={(event) => write(with_field(source, 'review_by', event.currentTarget.value))} />}</Labelled>
      <ListField {...props} field="cases" label={text.a_cases} />
    </div>
  );
}

const shown = (items: string[]) => items.join(items.some((item) => /[,，、]/.test(item)) ? ' | ' : ', ');
const parsed = (words: string) => words.split(words.includes('|') ? '|' : /[,，、]/).map((item) => item.trim()).filter(Boolean);

// What is typed stays as typed until the source says something else.
function ListField({ source, write, text, language, field, label }: Props & { field: Field; label: string }) {
  const items = list_of(source, field);
  const [words, set_words] = useState(shown(items));
  const now = items.join('\n');
  useEffect(() => { if (parsed(words).join('\n') !== now) set_words(shown(items)); }, [now]);
  return (
    <Labelled label={label}>
      {(id) => (
        <input id={id} lang={language} value={words} placeholder={text.a_list_hint} onInput={(event) => {
          set_words(event.currentTarget.value);
          write(with_field(source, field, parsed(event.currentTarget.value)));
        }} />
      )}
    </Labelled>
  );
}
