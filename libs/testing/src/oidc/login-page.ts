import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import type { OidcPerson } from './people.ts';

const MAX_BODY = 4_096;

/** The page on which one says who one is. There are no passwords: this provider is for trying things out. */
export async function handleLogin(
  provider: Provider,
  people: readonly OidcPerson[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const details = await provider.interactionDetails(request, response);
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page(details.uid, people));
    return;
  }
  const login = new URLSearchParams(await readBody(request)).get('login');
  const person = people.find(({ name }) => name === login);
  if (person === undefined) {
    response.writeHead(400, { 'content-type': 'text/plain' }).end('There is no such person here.\n');
    return;
  }
  await provider.interactionFinished(request, response, { login: { accountId: person.name } });
}

function page(uid: string, people: readonly OidcPerson[]): string {
  const buttons = people
    .map(({ name, groups }) => `<button name="login" value="${name}">${name} (${groups.join(', ')})</button>`)
    .join('\n');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Who are you?</title>
<style>body{font:16px system-ui;max-width:24rem;margin:4rem auto}button{display:block;width:100%;padding:.6rem;margin:.4rem 0}</style>
<h1>Who are you?</h1><p>A demo identity provider: it asks for no password.</p>
<form method="post" action="/interaction/${encodeURIComponent(uid)}">${buttons}</form></html>`;
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > MAX_BODY) throw new Error('the form is too large');
  }
  return body;
}
