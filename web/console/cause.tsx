// Troubleshooting that waits to be told what it was: choose, confirm, counted once.
import { useRef, useState } from 'preact/hooks';
import { ApiError, post } from './api';
import { Choice } from './kb_parts';
import type { ViewProps } from './parts';
import { fill } from './texts';

export function CauseFound({ text, id, causes, changed }: ViewProps & { id: string; causes: Record<string, string[]>; changed(): void }) {
  const [said, say] = useState('');
  const title = useRef<HTMLHeadingElement>(null);
  const blocks = Object.entries(causes).filter(([, names]) => names.length);
  if (!blocks.length && !said) return null;
  const tell = async (cause: string) => {
    say('');
    try {
      await post(`/conversations/${encodeURIComponent(id)}/cause`, { cause });
      say(fill(text.k_done, cause));
    } catch (failure) {
      const { status, message } = failure as ApiError;
      say(status === 404 ? text.k_gone : status ? message || fill(text.failed, status) : text.no_answer);
    }
    changed();
    title.current?.focus();  // what was asked for is gone once it is told
  };
  return (
    <section class="cause_found" aria-labelledby="cause_found">
      <h3 id="cause_found" ref={title} tabIndex={-1}>{text.k_title}</h3>
      <p class="outcome" role="status">{said}</p>
      {blocks.map(([block, names]) => <Block key={block} block={block} names={names} text={text} tell={tell} />)}
    </section>
  );
}

function Block({ block, names, text, tell }: { block: string; names: string[]; text: ViewProps['text']; tell(cause: string): void }) {
  const [cause, set_cause] = useState('');
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (cause) tell(cause); }}>
      <Choice label={block} value={cause} change={set_cause} options={[['', text.k_pick], ...names.map((name): [string, string] => [name, name])]} hint={text.k_hint} />
      <button type="submit" aria-disabled={!cause}>{text.k_save}</button>
    </form>
  );
}
