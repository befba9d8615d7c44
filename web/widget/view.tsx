// The button in the corner and the panel behind it. Focus goes into the panel when it opens and back to the button when it closes.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Composer } from './composer';
import { add_files } from './files';
import { ChatIcon, CloseIcon } from './icons';
import type { Session, Snapshot } from './session';
import { Status } from './status';
import { fill, texts, type Lang } from './texts';
import { Transcript } from './transcript';

interface Props { session: Session; snapshot: Snapshot; lang: Lang; is_open: boolean; set_open(is_open: boolean): void }

export function Chat({ session, snapshot, lang, is_open, set_open }: Props) {
  const text = texts(lang);
  const launcher = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const was_open = useRef<boolean | null>(null);
  const [draft, set_draft] = useState('');
  const [files, set_files] = useState<File[]>([]);
  const [problem, set_problem] = useState('');
  const [is_dropping, set_dropping] = useState(false);
  const unread = useUnread(snapshot, is_open);
  const add = async (more: File[]) => {
    const limits = await session.limits();
    set_files((have) => {
      const result = add_files(have, more, limits, text);
      set_problem(result.problem);
      return result.files;
    });
  };
  const has_files = (event: DragEvent) => !!event.dataTransfer?.types.includes('Files');
  const on_drag = (event: DragEvent) => {
    if (!has_files(event)) return;
    event.preventDefault();  // it may be dropped here
    set_dropping(true);
  };
  const on_drag_leave = (event: DragEvent) => {
    if (!panel.current?.contains(event.relatedTarget as Node | null)) set_dropping(false);
  };
  const on_drop = (event: DragEvent) => {
    set_dropping(false);
    if (!has_files(event)) return;
    event.preventDefault();
    void add([...event.dataTransfer!.files]);
    input.current?.focus();
  };

  useLayoutEffect(() => {
    // Not at the first drawing: a page that loads with the chat open keeps its own focus.
    if (was_open.current !== null && was_open.current !== is_open) (is_open ? input.current : launcher.current)?.focus();
    was_open.current = is_open;
  }, [is_open]);
  useFullScreenHeight(panel, is_open);

  const on_key = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.isComposing) {
      event.stopPropagation();
      set_open(false);
    } else if (event.key === 'Tab' && panel.current && matchMedia('(max-width: 480px)').matches) {
      keep_focus_inside(panel.current, event);
    }
  };
  const last_bot = snapshot.lines.filter((line) => line.from !== 'customer').at(-1);
  const ref = snapshot.ref && fill(snapshot.is_provisional ? text.reference : text.ticket, snapshot.ref);

  return (
    <div class="root" lang={lang === 'zh' ? 'zh-CN' : 'en'}>
      {is_open && (
        <div class="panel" role="dialog" aria-label={text.title} ref={panel} onKeyDown={on_key}
             onDragOver={on_drag} onDragLeave={on_drag_leave} onDrop={on_drop}>
          <header>
            <div class="titles">
              <h2>{text.title}</h2>
              {ref ? <p class="ref" role="status">{ref}</p> : <p>{text.subtitle}</p>}
            </div>
            <button type="button" class="icon" aria-label={text.close} onClick={() => set_open(false)}><CloseIcon /></button>
          </header>
          <Status snapshot={snapshot} text={text} retry={() => session.connect()} />
          <Transcript snapshot={snapshot} text={text} session={session}
                      choose={(choice) => { session.say(choice.label, choice.id); input.current?.focus({ preventScroll: true }); }}
                      retry={(cmid) => session.retry(cmid)}
                      edit={(cmid) => {
                        const back = session.take_back(cmid);
                        set_draft(back.text);
                        set_files(back.files);
                        input.current?.focus();
                      }} />
          <Composer text={text} slot_name={last_bot?.slot ?? ''} draft={draft} set_draft={set_draft} input={input} files={files} problem={problem}
                    add={(more) => void add(more)}
                    remove={(index) => { set_files(files.filter((_, at) => at !== index)); set_problem(''); }}
                    send={(message) => {
                      session.say(message, undefined, files);
                      set_files([]);
                      set_problem('');
                    }} />
          {is_dropping && <p class="drop" aria-hidden="true">{text.drop}</p>}
        </div>
      )}
      <button type="button" class="launcher" hidden={is_open} ref={launcher} onClick={() => set_open(true)}
              aria-expanded={is_open} aria-haspopup="dialog">
        <ChatIcon /><span>{text.open}</span>
        {unread > 0 && <span class="unread"><span aria-hidden="true">{unread}</span><span class="hidden">{fill(text.new_messages, unread)}</span></span>}
      </button>
    </div>
  );
}

// Messages that came in while the panel was closed.
function useUnread(snapshot: Snapshot, is_open: boolean): number {
  const count = snapshot.lines.filter((line) => line.from !== 'customer').length;
  const seen = useRef<number | null>(null);
  useEffect(() => {
    if (is_open || (seen.current === null && snapshot.link === 'online')) seen.current = count;
  });
  return is_open || seen.current === null ? 0 : Math.max(0, count - seen.current);
}

// On a phone the panel fills what the on-screen keyboard leaves.
function useFullScreenHeight(panel: { current: HTMLElement | null }, is_open: boolean): void {
  useEffect(() => {
    const view = window.visualViewport;
    if (!view || !is_open) return undefined;
    const fit = () => {
      const is_phone = matchMedia('(max-width: 480px)').matches;
      panel.current?.style.setProperty('--height', is_phone && view.scale === 1 ? `${view.height}px` : '');
    };
    fit();
    view.addEventListener('resize', fit);
    return () => view.removeEventListener('resize', fit);
  }, [is_open]);
}

function keep_focus_inside(panel: HTMLElement, event: KeyboardEvent): void {
  const stops = [...panel.querySelectorAll<HTMLElement>('button:not(:disabled), textarea, a[href], [tabindex="0"]')];
  const first = stops[0];
  const last = stops[stops.length - 1];
  const active = (panel.getRootNode() as ShadowRoot).activeElement;
  if (event.shiftKey && active === first) {
    event.preventDefault();
    last?.focus();
  } else if (!event.shiftKey && active === last) {
    event.preventDefault();
    first?.focus();
  }
}
