// A message with files: one POST of multipart/form-data, whatever the link is. Its outcome is told in the link's frames.
import type { Outgoing, ServerFrame } from './frames';

const kStall = 30_000;  // ms without a byte moving or an answer until it counts as lost

export interface UploadEvents {
  progress(part: number): void;  // 0 to 1
  frame(frame: ServerFrame): void;
  lost(is_session_unknown: boolean): void;
}
export interface Limits { max_bytes: number; max_files: number }

// Calls exactly one of `frame` and `lost`, once.
export function upload(server: string, session: string, lang: string, message: Outgoing & { files: File[] }, events: UploadEvents): void {
  const { cmid, text, files } = message;
  const form = new FormData();
  form.append('text', text);
  for (const file of files) form.append('file', file, file.name);
  const request = new XMLHttpRequest();
  let timer: ReturnType<typeof setTimeout>;
  let is_over = false;
  const end = (tell: () => void) => {
    clearTimeout(timer);
    if (!is_over) tell();
    is_over = true;
  };
  const lost = () => end(() => events.lost(request.status === 401));
  const moving = () => {
    clearTimeout(timer);
    timer = setTimeout(() => request.abort(), kStall);
  };
  request.open('POST', `${server}/chat/files`);
  request.setRequestHeader('Authorization', `Bearer ${session}`);
  request.setRequestHeader('Idempotency-Key', cmid);
  request.setRequestHeader('Accept-Language', lang);
  request.upload.onprogress = (event) => {
    moving();
    if (event.lengthComputable) events.progress(event.loaded / event.total);
  };
  request.onerror = request.onabort = lost;
  request.onload = () => {
    const { status } = request;
    const said = parse(request.responseText);
    if (status === 200 || status === 201) return end(() => events.frame({ t: 'ack', cmid, id: said.id, seq: said.seq, ref: said.ref }));
    if (status === 401) return lost();
    const wait = Number(request.getResponseHeader('Retry-After')) * 1000 || (status === 429 || status >= 500 ? 3000 : undefined);
    // A proxy in front may have a limit of its own, and then no words of ours.
    const code = said.error?.code ?? (status === 413 ? 'too_large' : 'invalid');
    return end(() => events.frame({ t: 'nack', cmid, code, message: said.error?.message, retry_after_ms: wait }));
  };
  moving();
  request.send(form);
}

function parse(text: string): any {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
