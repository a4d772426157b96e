import { randomUUID } from 'node:crypto';
import type { LightMyRequestResponse } from 'fastify';
import { currentNotice } from '../../src/consents/notice.service.js';
import { createGraphqlServer, type GraphqlServer } from '../../src/graphql/server.js';
import { formatNodeId } from '../../src/kernel/ids.js';
import { createLogger } from '../../src/kernel/logger.js';
import type { ActivationDeps } from '../../src/links/activation.service.js';
import { activationPath } from '../../src/links/activation-page.js';
import { activationRoutes } from '../../src/links/activation-page.service.js';
import { newActivationToken } from '../../src/links/activation-token.js';
import type { LinkRow } from '../../src/links/cross-brand-link.js';
import { enrolLink } from '../../src/links/link-enrol.service.js';
import { withdrawalRoutes } from '../../src/links/withdrawal-page.service.js';
import { dump, type LinkGroup, openLinkGroup } from './link-group.js';

/** The server with both pages for customers, on a group whose clock is set by hand. */
export interface PageStage {
  readonly group: LinkGroup;
  readonly deps: ActivationDeps;
  readonly server: GraphqlServer;
  /** Every line logged so far. */
  readonly log: string[];
  /** A new customer of a brand, invited to hearth. */
  invited(brand?: string): Promise<{ link: LinkRow; code: string }>;
  /** Every document of every database, one text each. */
  stored(): Promise<string[]>;
  post(path: string, fields: Record<string, string>): Promise<LightMyRequestResponse>;
  /** What the activation page answers to a form, whole. */
  answerTo(fields: Record<string, string>): Promise<string>;
  /** Its one answer to every code that does not work. */
  refusal(): Promise<string>;
  /** Listens, for a browser; answers with the address. */
  listen(): Promise<string>;
  close(): Promise<void>;
}

/** Opens the stage; nothing listens yet. */
export async function openPageStage(): Promise<PageStage> {
  const group = await openLinkGroup();
  const log: string[] = [];
  const logger = createLogger({ level: 'debug', stream: { write: (line: string) => void log.push(line) } });
  let publicUrl = 'http://localhost';
  const { brands, clock } = group;
  const links = {
    ...{ brands, clock, log: logger, carriers: group.deps.links.carriers },
    get publicUrl() {
      return publicUrl;
    },
  };
  const deps: ActivationDeps = { ...group.deps, links, journals: group.runner({ log: logger }) };
  const server = await createGraphqlServer({
    ...{ config: group.config.server, brands, clock, log: logger },
    tokens: { verify: async () => null },
    resolvers: [],
    routes: [activationRoutes(deps), withdrawalRoutes(deps)],
  });
  const post: PageStage['post'] = (url, fields) =>
    server.inject({
      ...{ method: 'POST', url },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(fields).toString(),
    });
  const answerTo = async (fields: Record<string, string>): Promise<string> => whole(await post(activationPath, fields));
  return {
    ...{ group, deps, server, log },
    invited: (brand = 'wren') => invite(group, brand),
    stored: () => Promise.all([brands.registry, ...brands.all().map(({ database }) => database)].map(dump)),
    ...{ post, answerTo },
    refusal: () => answerTo({ code: newActivationToken(), action: 'show' }),
    listen: async () => {
      publicUrl = await server.listen(0, '127.0.0.1');
      return publicUrl;
    },
    close: async () => {
      await server.close();
      await deps.journals.stop();
      await group.close();
    },
  };
}

async function invite(group: LinkGroup, brand: string): Promise<{ link: LinkRow; code: string }> {
  const customer = await group.customer(brand);
  const rule = group.entry(brand).brand.sharingRules.find(({ to }) => to === 'hearth');
  if (rule === undefined) throw new Error(`No rule lets ${brand} share with hearth`);
  const view = await enrolLink(group.staff(brand), group.journals, {
    profileId: formatNodeId('prof', brand, customer._id),
    toBrand: 'hearth',
    idempotencyKey: randomUUID(),
    consent: { method: 'VERBAL', isConfirmed: true, noticeId: currentNotice(rule).id, givenAt: group.clock.now() },
  });
  await group.settle();
  const link = await group.link(view?.row._id ?? '');
  return { link, code: await group.tokenOf(link._id, brand) };
}

/** An answer as a whole, without what is different in any two answers. */
export function whole({ statusCode, headers, body }: LightMyRequestResponse): string {
  const { date, 'x-request-id': requestId, ...rest } = headers;
  return JSON.stringify({ statusCode, headers: rest, body });
}
