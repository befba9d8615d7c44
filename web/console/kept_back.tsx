// What did not reach the customer, and why: an answer that was kept back, an address that mail comes back from.
import type { AddressFails } from './api';
import { Ago, type ViewProps } from './parts';
import { fill, type Texts } from './texts';

// The gateway's reason is a kind, and after it figures or the other server's words. Kinds have words in the reader's language.
function kind_of(reason: string, text: Texts): [string, string] {
  const [kind, ...rest] = reason.split(': ');
  const known: Record<string, string> = {
    'for staff': text.o_for_staff, 'no automatic answer may go to this mail': text.o_no_answer, 'hourly limit': text.o_hourly,
    'daily limit': text.o_daily, 'loop limit': text.o_loop, 'address fails': text.o_address,
  };
  return Object.hasOwn(known, kind) ? [known[kind], rest.join(': ').trim()] : ['', reason];
}

export function KeptBack({ reason, text }: { reason: string; text: Texts }) {
  const [kind, detail] = kind_of(reason, text);
  return <p class="not_sent"><strong>{text.o_not_sent}</strong> {kind}{kind && detail && ' · '}{detail && <span lang="en">{detail}</span>}</p>;
}

export function AddressFailing({ failure, text, lang }: ViewProps & { failure: AddressFails }) {
  const words = [failure.status, failure.reason].filter(Boolean).join(' ');
  return (
    <section class="address_fails" aria-labelledby="address_fails">
      <h3 id="address_fails">{text.o_fails}</h3>
      <p>{fill(text.o_fails_more, failure.address)}</p>
      {words && <p>{text.o_server} <q lang="en">{words}</q></p>}
      <p class="small line"><Ago at={failure.at} lang={lang} />{failure.delivery && <span>{text.o_delivery}: <code>{failure.delivery}</code></span>}</p>
    </section>
  );
}
