// The box to write in. Enter sends, Shift+Enter makes a line; the keyboard of a phone fits what is asked.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { kAccept, WaitingFiles } from './files';
import { ClipIcon, SendIcon } from './icons';
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
  files: File[]; problem: string; add(files: File[]): void; remove(index: number): void;
}

export function Composer({ text, slot_name, draft, input, set_draft, send, files, problem, add, remove }: Props) {
  const picker = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    const box = input.current;
    if (!box) return;
    box.style.height = 'auto';
    box.style.height = `${Math.min(box.scrollHeight, 132)}px`;
  }, [draft]);
  const submit = (event: Event) => {
    event.preventDefault();
    const message = draft.trim();
    if (!message && !files.length) return input.current?.focus();
    send(message);
    set_draft('');
    input.current?.focus();
  };
  const on_key = (event: KeyboardEvent) => {
    // While an input method is composing, Enter picks a word.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) submit(event);
  };
  const on_pick = (event: { currentTarget: HTMLInputElement }) => {
    add([...event.currentTarget.files ?? []]);
    event.currentTarget.value = '';  // the same file may be picked again after it was removed
    input.current?.focus();
  };
  const on_paste = (event: ClipboardEvent) => {
    const pasted = [...event.clipboardData?.files ?? []];
    if (!pasted.length) return;
    event.preventDefault();
    add(pasted);
  };
  return (
    <form onSubmit={submit}>
      <WaitingFiles files={files} text={text} remove={(index) => { remove(index); input.current?.focus(); }} />
      <p class="problem" role="alert">{problem}</p>
      <div class="row">
      <button type="button" class="icon attach" aria-label={text.attach} title={text.attach} onClick={() => picker.current?.click()}><ClipIcon /></button>
      <input type="file" class="hidden" tabIndex={-1} aria-hidden="true" multiple accept={kAccept} ref={picker} onChange={on_pick} />
      <label class="hidden" for="text">{text.input}</label>
      <textarea id="text" name="text" rows={1} maxLength={kMostText} placeholder={text.placeholder} value={draft} ref={input}
                autocomplete="off" enterkeyhint="send" {...kHints[slot_name]}
                onInput={(event) => set_draft(event.currentTarget.value)} onKeyDown={on_key} onPaste={on_paste} />
      <button type="submit" class="icon send" aria-label={text.send}><SendIcon /></button>
      </div>
    </form>
  );
}
