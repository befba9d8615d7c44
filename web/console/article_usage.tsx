// How customers took an article: figures as bars, the last days as columns, and where it was shown.
import type { StaffProps } from './article';
import type { Counts, Feedback } from './kb_api';
import { Bars } from './kb_parts';
import { fill } from './texts';
import { useLoaded } from './use';

const kDays = 30;
const kDay = 86_400_000;  // ms

export function Usage({ text, id, language, usage }: StaffProps & { id: string; language: string; usage: Counts }) {
  const { data } = useLoaded<Feedback>(`/kb/feedback/${encodeURIComponent(id)}/${language}?days=${kDays}`, { still: true });
  const is_seen = usage.shown + usage.opened + usage.solved + usage.not_solved > 0;
  const seen = new Map(data?.days.map((day) => [day.day, day.shown + day.opened]));
  const days = Array.from({ length: kDays }, (_, index) => new Date(Date.now() - (kDays - 1 - index) * kDay).toISOString().slice(0, 10));
  const most = Math.max(0, ...days.map((day) => seen.get(day) ?? 0));
  return (
    <section class="card usage" aria-labelledby="usage">
      <h2 id="usage">{text.u_title}</h2>
      {!is_seen && <p class="soft">{text.u_none}</p>}
      {is_seen && (
        <div class="pair">
          <Bars bars={[{ label: text.u_shown, value: usage.shown }, { label: text.u_opened, value: usage.opened }, { label: text.u_solved, value: usage.solved, kind: 'solved' }, { label: text.u_not_solved, value: usage.not_solved, kind: 'failed' }]} />
          <figure>
            <svg class="columns" viewBox={`0 0 ${kDays * 4} 40`} preserveAspectRatio="none" aria-hidden="true">
              {days.map((day, index) => {
                const height = most ? Math.max(1, ((seen.get(day) ?? 0) / most) * 39) : 1;
                return <rect key={day} class={seen.get(day) ? '' : 'ground'} x={index * 4} width="3" y={40 - height} height={height}><title>{`${day}: ${seen.get(day) ?? 0}`}</title></rect>;
              })}
            </svg>
            <figcaption class="small">{fill(text.u_days, most)}</figcaption>
          </figure>
        </div>
      )}
      {!!data?.places.length && (
        <div class="table" role="region" aria-label={text.u_places} tabIndex={0}>
          <table>
            <thead><tr>{[text.u_place, text.u_shown, text.u_opened, text.u_solved, text.u_not_solved].map((name) => <th scope="col" key={name}>{name}</th>)}</tr></thead>
            <tbody>
              {data.places.map((place) => (
                <tr key={place.place}><th scope="row" data-label={text.u_place}>{place.place}</th><td data-label={text.u_shown}>{place.shown}</td><td data-label={text.u_opened}>{place.opened}</td><td data-label={text.u_solved}>{place.solved}</td><td data-label={text.u_not_solved}>{place.not_solved}</td></tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
