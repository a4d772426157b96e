import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { headers, query, variables } from './prefilled.js';

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

const place = document.getElementById('graphiql');
if (place !== null) {
  createRoot(place).render(
    <GraphiQL
      fetcher={ask}
      defaultQuery={query}
      initialVariables={variables}
      defaultHeaders={headers}
      initialHeaders={headers}
      defaultEditorToolsVisibility="headers"
      shouldPersistHeaders
    />,
  );
}
