// A link over WebSocket. A network that swallows the upgrade without a word is given up after kOpenLimit.
import type { Hello, Link, LinkEvents, Outgoing, ServerFrame } from './frames';

const kOpenLimit = 8000;  // ms until `welcome`

export function open_socket(server: string, hello: Hello, events: LinkEvents): Link {
  let is_over = false;
  let socket: WebSocket | undefined;
  const end = () => {
    if (is_over) return;
    is_over = true;
    clearTimeout(limit);
    socket?.close();
    events.closed();
  };
  const limit = setTimeout(end, kOpenLimit);
  try {
    socket = new WebSocket(`${server.replace(/^http/, 'ws')}/chat/ws`);
  } catch {
    setTimeout(end);  // refused by a policy of the page: the caller must have its Link before it is closed
  }
  if (socket) {
    const opened = socket;
    opened.onopen = () => opened.send(JSON.stringify({ t: 'hello', v: 1, ...hello }));
    opened.onmessage = (event) => {
      if (is_over) return;
      const frame = parse(event.data);
      if (frame?.t === 'welcome') clearTimeout(limit);
      if (frame) events.frame(frame);
    };
    opened.onclose = end;
    opened.onerror = end;
  }
  return {
    send(message: Outgoing) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ t: 'msg', ...message }));
    },
    close: end,
  };
}

function parse(data: unknown): ServerFrame | undefined {
  try {
    return JSON.parse(String(data)) as ServerFrame;
  } catch {
    return undefined;
  }
}
