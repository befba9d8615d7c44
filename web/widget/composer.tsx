// The box to write in. Enter sends, Shift+Enter makes a line; the keyboard of a phone fits what is asked.
import { useLayoutEffect } from 'preact/hooks';
import { SendIcon } from './icons';
import type { Texts } from './texts';

const kMostText = 4000;  // UTF-16 units; the server refuses longer ones anyway

interface Hints { inputMode?: 'email' | 'tel' | 'decimal' | 'numeric'; autocomplete?: string; autocapitalize?: 'off' | 'words' | 'characters'; spellcheck?: boolean }
const kHints: Record<string, Hints> = {
  email: { inputMode: 'email', autocomplete: 'email', autocapitalize: 'off', spellcheck: false },
  contact: { inputMode: 'email', autocomplete: 'email', autocapitalize: 'off', spellcheck: false },
  phone: { inputMode: 'tel', autocomplete: 'tel' },
  name: { autocomplete: 'name', autocapitalize: 'words', spellcheck: false },
  serial: { autocapitalize: 'characters', spellcheck: false },
  model: { autocapitalize: 'characters', spellcheck: false },
  error_code: { autocapitalize: 'characters', spellcheck: false },
  number: { inputMode: 'decimal' },
  score: { inputMode: 'numeric' },
};

interface Props {
  text: Texts; slot_name: string; draft: string; input: { current: HTMLTextAreaElement | null };
  set_draft(draft: string): void; send(message: string): void;
}

export function Composer({ text, slot_name, draft, input, set_draft, send }: Props) {
  useLayoutEffect(() => {
    const box = input.current;
    if (!box) return;
    box.style.height = 'auto';
    box.style.height = `${Math.min(box.scrollHeight, 132)}px`;
  }, [draft]);
  const submit = (event: Event) => {
    event.preventDefault();
    const message = draft.trim();
    if (!message) return input.current?.focus();
    send(message);
    set_draft('');
    input.current?.focus();
  };
  const on_key = (event: KeyboardEvent) => {
    // While an input method is composing, Enter picks a word.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) submit(event);
  };
  return (
    <form onSubmit={submit}>
      <label class="hidden" for="text">{text.input}</label>
      <textarea id="text" name="text" rows={1} maxLength={kMostText} placeholder={text.placeholder} value={draft} ref={input}
                autocomplete="off" enterkeyhint="send" {...kHints[slot_name]}
                onInput={(event) => set_draft(event.currentTarget.value)} onKeyDown={on_key} />
      <button type="submit" class="icon send" aria-label={text.send}><SendIcon /></button>
    </form>
  );
}
