import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { headersFor, placeholder, query, variables } from './prefilled.js';

/** Sends an operation to the server that this page came from. */
async function ask(operation: object, options?: { headers?: Record<string, unknown> }): Promise<never> {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json',
      ...(options?.headers as Record<string, string> | undefined),
    },
    body: JSON.stringify(operation),
  });
  return (await response.json()) as never;
}

/**
 * A token that came in the fragment, as the demo prints it: browsers send fragments to nobody. It goes from the address
 * into the headers, and from then on is kept as if it had been typed.
 */
function takeToken(): string | null {
  const token = /^#token=(kin_[0-9A-Za-z]+)$/.exec(window.location.hash)?.[1] ?? null;
  if (token !== null) window.history.replaceState(null, '', window.location.pathname);
  return token;
}

const token = takeToken();
const headers = headersFor(token ?? placeholder);

const place = document.getElementById('graphiql');
if (place !== null) {
  createRoot(place).render(
    <GraphiQL
      fetcher={ask}
      defaultQuery={query}
      initialVariables={variables}
      defaultHeaders={headers}
      {...(token === null ? {} : { initialHeaders: headers })}
      defaultEditorToolsVisibility="headers"
      shouldPersistHeaders
    />,
  );
}
