// Keeps the newest lines in view. A long answer is shown from the customer's own last words on, so that it can be read from its
// beginning; somebody who scrolled away to read stays there until they write themselves.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Line } from './session';

const kNear = 60;  // px from the end that still count as the end

export function useFollowing(lines: Line[], is_typing: boolean) {
  const box = useRef<HTMLDivElement>(null);
  const [is_away, set_away] = useState(false);
  const own_position = useRef(0);     // where we scrolled to ourselves
  const is_reading = useRef(false);   // the customer moved away from there
  const last = lines[lines.length - 1];

  const distance = () => (box.current ? box.current.scrollHeight - box.current.scrollTop - box.current.clientHeight : 0);
  const move_to = (top: number) => {
    if (!box.current) return;
    box.current.scrollTop = top;
    own_position.current = box.current.scrollTop;
    is_reading.current = false;
    set_away(distance() > kNear);
  };

  useLayoutEffect(() => {
    const log = box.current;
    if (!log || (is_reading.current && last?.from !== 'customer')) return;
    const own = log.querySelectorAll<HTMLElement>('.line.customer');
    const anchor = own[own.length - 1];
    const end = log.scrollHeight - log.clientHeight;
    move_to(anchor ? Math.min(end, Math.max(0, anchor.offsetTop - 12)) : lines.length > 1 ? end : 0);
  }, [lines.length, last?.state, is_typing]);

  const on_scroll = () => {
    const top = box.current?.scrollTop ?? 0;
    const is_near = distance() <= kNear;
    if (Math.abs(top - own_position.current) > 4) is_reading.current = !is_near;
    set_away(!is_near);
  };
  return { box, is_away, on_scroll, to_end: () => move_to(box.current?.scrollHeight ?? 0) };
}
