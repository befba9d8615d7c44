import { useRef, useState } from 'preact/hooks';
import { ApiError, post, type Me } from './api';
import { fill, type Texts } from './texts';

export function SignIn({ text, done }: { text: Texts; done(me: Me): void }) {
  const [error, set_error] = useState('');
  const [is_busy, set_busy] = useState(false);
  const password = useRef<HTMLInputElement>(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (is_busy) return;
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    set_busy(true);
    set_error('');
    try {
      done(await post<Me>('/login', { name: fields.get('name'), password: fields.get('password') }));
    } catch (failure) {
      const { status, retry_after, message } = failure as ApiError;
      set_busy(false);
      if (status === 401) set_error(text.wrong);
      else if (status === 429) set_error(fill(text.too_many, retry_after || 30));
      else set_error(status ? message || fill(text.failed, status) : text.no_answer);
      password.current?.select();
    }
  };
  return (
    <main class="sign_in" id="main">
      <form onSubmit={submit}>
        <img src="/favicon.svg" alt="" width="44" height="44" />
        <h1>{text.console}</h1>
        <label for="name">{text.name}</label>
        <input id="name" name="name" autocomplete="username" autocapitalize="off" spellcheck={false} required autofocus />
        <label for="password">{text.password}</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required ref={password}
               aria-invalid={!!error} aria-describedby="sign_in_error" />
        <p id="sign_in_error" class="error" role="alert">{error}</p>
        <button type="submit" class="primary" aria-disabled={is_busy}>{is_busy ? text.signing_in : text.sign_in}</button>
      </form>
    </main>
  );
}
