/** The little of a web browser that a login needs: cookies, redirects and forms. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  get(url: string): Promise<Page> {
    return this.#request(url, { method: 'GET' });
  }

  /** Sends a page's only form, with these fields over its own. */
  submit(page: Page, fields: Readonly<Record<string, string>>): Promise<Page> {
    const action = /<form[^>]*\baction="([^"]*)"/.exec(page.html)?.[1] ?? page.url;
    const body = new URLSearchParams({ ...hiddenFields(page.html), ...fields });
    return this.#request(new URL(unescape(action), page.url).href, { method: 'POST', body });
  }

  async #request(url: string, init: RequestInit): Promise<Page> {
    let at = url;
    let next = init;
    for (let redirects = 0; redirects < 20; redirects += 1) {
      const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(at, { ...next, redirect: 'manual', headers: { cookie } });
      this.#keepCookies(response);
      const location = response.headers.get('location');
      if (location === null) return { url: at, status: response.status, html: await response.text() };
      at = new URL(location, at).href;
      next = { method: 'GET' };
    }
    throw new Error(`too many redirects from ${url}`);
  }

  #keepCookies(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const [name = '', ...value] = pair.split('=');
      if (/expires=Thu, 01 Jan 1970/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value.join('='));
    }
  }
}

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly html: string;
}

function hiddenFields(html: string): Record<string, string> {
  const inputs = html.match(/<input\b[^>]*>/g) ?? [];
  const fields = inputs.map((input) => [
    /name="([^"]*)"/.exec(input)?.[1],
    /value="([^"]*)"/.exec(input)?.[1],
  ]);
  return Object.fromEntries(
    fields.filter(([name]) => name !== undefined).map(([name, value]) => [name, unescape(value ?? '')]),
  );
}

function unescape(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
