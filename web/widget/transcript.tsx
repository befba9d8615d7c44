// The conversation: a log that screen readers follow, with the open question's answers as buttons.
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Choice } from './frames';
import { DownIcon } from './icons';
import { useFollowing } from './following';
import { linked } from './linked';
import type { Line, Snapshot } from './session';
import type { Texts } from './texts';

interface Actions { choose(choice: Choice): void; retry(cmid: string): void; edit(cmid: string): void }

export function Transcript({ snapshot, text, ...actions }: { snapshot: Snapshot; text: Texts } & Actions) {
  const { lines, is_typing } = snapshot;
  const open = last_index(lines, (line) => line.from !== 'customer' && !!line.choices?.length);
  const last_own = last_index(lines, (line) => line.from === 'customer');
  const { box, is_away, on_scroll, to_end } = useFollowing(lines, is_typing);

  return (
    <div class="middle">
      <div class="log" role="log" aria-live="polite" aria-relevant="additions" aria-label={text.log} tabIndex={0} ref={box} onScroll={on_scroll}>
        {lines.length === 0 && <p class="empty">{text.empty}</p>}
        {lines.map((line, index) => (
          <Bubble key={line.cmid ?? line.id ?? line.seq} line={line} text={text} actions={actions}
                  is_new_speaker={lines[index - 1]?.from !== line.from} is_last_own={index === last_own}
                  chosen={line.choices?.length ? answer_to(lines, index) : undefined} is_open={index === open && last_own < open} />
        ))}
        {is_typing && <div class="typing" aria-hidden="true" title={text.typing}><i /><i /><i /></div>}
      </div>
      {is_away && <button type="button" class="icon newest" aria-label={text.to_newest} onClick={to_end}><DownIcon /></button>}
    </div>
  );
}

interface BubbleProps {
  line: Line; text: Texts; actions: Actions; is_new_speaker: boolean; is_last_own: boolean; is_open: boolean; chosen: string | undefined;
}
function Bubble({ line, text, actions, is_new_speaker, is_last_own, is_open, chosen }: BubbleProps) {
  const who = { customer: text.you, bot: text.bot, staff: text.staff }[line.from];
  return (
    <article class={`line ${line.from} ${line.state ?? ''}`} data-seq={line.seq}>
      <p class={is_new_speaker && line.from !== 'customer' ? 'who' : 'hidden'}>{who}</p>
      {line.html ? <Article html={line.html} /> : <p class="text">{linked(line.text)}</p>}
      {!!line.choices?.length && (
        <div class="choices" role="group" aria-label={text.options}>
          {line.choices.map((choice) => (
            <button type="button" key={choice.id} data-choice={choice.id} disabled={!is_open} class={choice.label === chosen ? 'chosen' : ''}
                    onClick={() => actions.choose(choice)}>
              {choice.label}{choice.label === chosen && <span class="hidden"> ({text.chosen})</span>}
            </button>
          ))}
        </div>
      )}
      {line.state && <Fate line={line} text={text} actions={actions} is_last_own={is_last_own} />}
    </article>
  );
}

function Fate({ line, text, actions, is_last_own }: { line: Line; text: Texts; actions: Actions; is_last_own: boolean }) {
  const cmid = line.cmid ?? '';
  if (line.state === 'failed') {
    return (
      <div class="fate failed">
        <p>{line.code === 'too_long' ? text.too_long : text.failed}</p>
        {line.code !== 'too_long' && <button type="button" onClick={() => actions.retry(cmid)}>{text.retry}</button>}
        <button type="button" onClick={() => actions.edit(cmid)}>{text.edit}</button>
      </div>
    );
  }
  const words = { sending: text.sending, waiting: text.waiting, received: text.received }[line.state!];
  return <p class={line.state === 'received' && !is_last_own ? 'hidden' : `fate ${line.state}`}>{words}</p>;
}

// An article, as the server made it safe. Its links leave the conversation open behind them.
function Article({ html }: { html: string }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    for (const link of box.current?.querySelectorAll('a[href]') ?? []) {
      link.setAttribute('target', '_blank');
      link.setAttribute('rel', 'noopener noreferrer');
    }
  }, [html]);
  return <div class="text article" ref={box} dangerouslySetInnerHTML={{ __html: html }} />;
}

// What the customer answered to the question at `index`: their next line.
function answer_to(lines: Line[], index: number): string | undefined {
  return lines.slice(index + 1).find((line) => line.from === 'customer')?.text;
}

function last_index(lines: Line[], matches: (line: Line) => boolean): number {
  let index = lines.length - 1;
  while (index >= 0 && !matches(lines[index]!)) --index;
  return index;
}
