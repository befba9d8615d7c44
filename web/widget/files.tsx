// Files around the conversation: small pictures of them, the row in which they wait to be sent, and the rules for taking them.
import { useEffect, useRef, useState } from 'preact/hooks';
import { CloseIcon, FileIcon } from './icons';
import type { Line, Session } from './session';
import { fill, type Texts } from './texts';
import type { Limits } from './upload';

// What the picker offers; phones add their camera. The server judges by content.
export const kAccept = 'image/*,application/pdf,text/plain,.txt,.log,.csv,.json,video/mp4,video/quicktime';
const kTaken = /^(image\/(jpeg|png|gif|webp|heic|heif)|application\/(pdf|json)|text\/(?!html)|video\/(mp4|quicktime|x-m4v))/;
const kPictureName = /\.(jpe?g|jfif|png|gif|webp)$/i;
const kThumbHeight = 192;  // px of the drawing: twice what is shown

// Adds what fits; `problem` says why something did not, in the customer's words.
export function add_files(have: File[], more: File[], limits: Limits, text: Texts): { files: File[]; problem: string } {
  const files = [...have];
  let problem = '';
  let total = have.reduce((sum, file) => sum + file.size, 0);
  for (const file of more) {
    if (file.type && !kTaken.test(file.type)) problem = text.file_type;  // without a type the server will tell
    else if (files.length >= limits.max_files) problem = fill(text.too_many_files, limits.max_files);
    else if (total + file.size > limits.max_bytes) problem = fill(text.too_large, Math.floor(limits.max_bytes / 1024 / 1024));
    else {
      files.push(file);
      total += file.size;
    }
  }
  return { files, problem };
}

// A small picture of a file: on a canvas, so that no policy of the page has to allow it. Nothing when it cannot be shown.
function Thumb({ name, source, read }: { name: string; source: unknown; read(): Promise<Blob> }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [is_drawn, set_drawn] = useState(false);
  const [is_hopeless, set_hopeless] = useState(false);
  useEffect(() => {
    let is_over = false;
    const draw = async () => {
      const picture = await createImageBitmap(await read(), { resizeHeight: kThumbHeight, resizeQuality: 'high' });
      if (is_over || !canvas.current) return;
      canvas.current.width = picture.width;
      canvas.current.height = picture.height;
      canvas.current.getContext('2d')?.drawImage(picture, 0, 0);
      picture.close();
      set_drawn(true);
    };
    // Only what comes into view is fetched.
    const watch = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      draw().catch(() => set_hopeless(true));
    });
    if (canvas.current) watch.observe(canvas.current);
    return () => {
      is_over = true;
      watch.disconnect();
    };
  }, [source]);
  return is_hopeless ? null : <canvas class="thumb" ref={canvas} width={kThumbHeight} height={kThumbHeight} role="img" aria-label={name} data-drawn={is_drawn} />;
}

// The files of a line that was sent: each can be fetched again once the server has it.
export function SentFiles({ line, text, session }: { line: Line; text: Texts; session: Session }) {
  const save = async (name: string, own: File | undefined) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(own ?? await session.file(line.seq, name));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };
  return (
    <ul class="files" aria-label={text.sent_files}>
      {line.files!.map(({ name }, index) => {
        const own = line.sent?.[index];
        const is_picture = own ? own.type.startsWith('image/') : kPictureName.test(name) && Number.isFinite(line.seq);
        return (
          <li key={name}>
            {is_picture && <Thumb name={name} source={own ?? line.seq} read={() => (own ? Promise.resolve(own) : session.file(line.seq, name))} />}
            {line.state === 'received'
              ? <button type="button" class="chip" aria-label={fill(text.download, name)} onClick={() => void save(name, own).catch(() => undefined)}><FileIcon /><span>{name}</span></button>
              : <span class="chip"><FileIcon /><span>{name}</span></span>}
          </li>
        );
      })}
    </ul>
  );
}

// The files that wait to be sent with the next message.
export function WaitingFiles({ files, text, remove }: { files: File[]; text: Texts; remove(index: number): void }) {
  return (
    <>
      <p class="hidden" role="status">{files.length > 0 && fill(text.attached_count, files.length)}</p>
      {files.length > 0 && (
        <ul class="files waiting" aria-label={text.attached}>
          {files.map((file, index) => (
            <li key={`${index}${file.name}${file.size}`}>
              {file.type.startsWith('image/') && <Thumb name={file.name} source={file} read={() => Promise.resolve(file)} />}
              <span class="chip"><FileIcon /><span>{file.name}</span></span>
              <button type="button" class="icon remove" aria-label={fill(text.remove, file.name)} onClick={() => remove(index)}><CloseIcon /></button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
