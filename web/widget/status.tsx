// What the line is doing, said only when it is not simply working.
import { useEffect, useState } from 'preact/hooks';
import type { Snapshot } from './session';
import { fill, type Texts } from './texts';

export function Status({ snapshot, text, retry }: { snapshot: Snapshot; text: Texts; retry(): void }) {
  const { link, retry_at, is_paused } = snapshot;
  const seconds = useCountdown(link === 'offline' ? retry_at : 0);
  let said = '';
  if (link === 'connecting') said = text.connecting;
  else if (link === 'restarting') said = text.restarting;
  else if (link === 'offline') said = text.offline;
  else if (is_paused) said = text.paused;
  return (
    <div class={`status ${link}`}>
      {/* The countdown is for the eye: read aloud every second it would be noise. */}
      <p role="status" class={link === 'offline' && seconds > 2 ? 'hidden' : ''}>{said}</p>
      {link === 'offline' && seconds > 2 && <p aria-hidden="true">{fill(text.offline_in, seconds)}</p>}
      {link === 'offline' && <button type="button" onClick={retry}>{text.try_now}</button>}
    </div>
  );
}

function useCountdown(until: number): number {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!until) return undefined;
    const timer = setInterval(() => tick((n) => n + 1), 500);
    return () => clearInterval(timer);
  }, [until]);
  return Math.max(0, Math.ceil((until - Date.now()) / 1000));
}
