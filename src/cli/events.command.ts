import { AppError } from '../kernel/errors.js';
import type { OpenGroup } from '../open-group.js';
import { type DeliveryState, deliveryStates } from '../webhooks/delivery.js';
import { DeliveryDesk, type DeliveryFilter, type DeliveryView, sendPing } from '../webhooks/delivery-desk.service.js';
import { type Endpoint, readEndpoints } from '../webhooks/endpoint.js';
import { createSend, type SendOutcome } from '../webhooks/send.js';
import { brandNamed, openForWork, readConfig, wholeNumber } from './group-options.js';
import { paintOut, print, say } from './terminal.js';

interface SharedOptions {
  readonly brand?: string;
  readonly endpoint?: string;
  readonly config: string;
  readonly json?: boolean;
}

interface ListOptions extends SharedOptions {
  readonly state?: string;
  readonly limit: string;
}

interface RetryOptions extends SharedOptions {
  readonly dead: boolean;
}

/** `kindred events list`: what was sent, what waits and what was given up. */
export async function runEventsList(options: ListOptions): Promise<void> {
  const limit = wholeNumber(options.limit, '--limit', 1, 1_000);
  const state = options.state === undefined ? null : stateNamed(options.state);
  await atDesk(options, async (desk, filter) => {
    const deliveries = await desk.list({ ...filter, ...(state === null ? {} : { state }) }, limit);
    for (const each of deliveries) print(options.json ? JSON.stringify(each) : describe(each));
    if (deliveries.length === 0) say('No deliveries; endpoints are configured under brands[].webhooks.');
  });
}

/** `kindred events retry`: one delivery, one event, or every dead letter. */
export async function runEventsRetry(id: string | undefined, options: RetryOptions): Promise<void> {
  if ((id === undefined) === !options.dead)
    throw new AppError('USAGE', 'Name either one delivery or event, as kindred events list shows it, or --dead');
  await atDesk(options, async (desk, filter) => {
    const now = new Date();
    const count = id === undefined ? await desk.replayDead(filter, now) : (await desk.replay(id, now)).length;
    if (id !== undefined && count === 0) throw new AppError('USAGE', 'There is no delivery of that id');
    if (options.json) print(JSON.stringify({ replayed: count }));
    else say(`${count} to be sent again; a running server begins within two seconds.`);
  });
}

/** `kindred events test`: a signed ping to each endpoint meant. Exit code 1 when one did not take it. */
export async function runEventsTest(options: SharedOptions): Promise<void> {
  const config = readConfig(options.config);
  const endpoints = readEndpoints(config, process.env);
  const send = createSend();
  await atDesk(options, async (desk, filter) => {
    const active = new Map(endpoints.filter((each) => each.isActive).map((each) => [each.key, each]));
    const meant = desk.endpointsOf(filter).flatMap(({ key }) => active.get(key) ?? []);
    if (meant.length === 0) throw new AppError('USAGE', 'No active webhook is configured under brands[].webhooks');
    for (const endpoint of meant) tellPing(endpoint, await sendPing(endpoint, send, new Date()), options);
  });
}

function tellPing(endpoint: Endpoint, ping: { id: string; outcome: SendOutcome }, options: SharedOptions): void {
  const { outcome } = ping;
  const isTaken = 'status' in outcome && outcome.status >= 200 && outcome.status < 300;
  if (!isTaken) process.exitCode = 1;
  if (options.json) print(JSON.stringify({ endpoint: endpoint.key, id: ping.id, ...outcome }));
  else {
    const answer = 'status' in outcome ? String(outcome.status) : outcome.error;
    print(`${endpoint.key.padEnd(30)} ${isTaken ? paintOut('green', answer) : paintOut('red', answer)}  ${ping.id}`);
  }
}

async function atDesk(
  options: SharedOptions,
  work: (desk: DeliveryDesk, filter: DeliveryFilter) => Promise<void>,
): Promise<void> {
  const group: OpenGroup = await openForWork(readConfig(options.config));
  try {
    if (options.brand !== undefined) brandNamed(group, options.brand);
    const filter = {
      ...(options.brand === undefined ? {} : { brand: options.brand }),
      ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    };
    await work(new DeliveryDesk(group.brands, knownEndpoints(group)), filter);
  } finally {
    await group.close();
  }
}

/** Endpoints by name only: looking at deliveries needs no secret. */
function knownEndpoints(group: OpenGroup): Endpoint[] {
  const brands = group.config.brands.map((brand) => ({
    ...brand,
    webhooks: brand.webhooks.map((webhook) => ({ ...webhook, isActive: false })),
  }));
  return readEndpoints({ ...group.config, brands }, {});
}

function stateNamed(text: string): DeliveryState {
  const state = deliveryStates.find((each) => each === text.toUpperCase());
  if (state !== undefined) return state;
  throw new AppError('USAGE', `--state is "${text}"; use one of ${deliveryStates.join(', ').toLowerCase()}`);
}

const stateColours = { PENDING: 'yellow', DELIVERED: 'green', DEAD: 'red' } as const;

function describe(delivery: DeliveryView): string {
  const last = delivery.lastStatus ?? delivery.lastError ?? '';
  const next = delivery.nextAt === null ? '' : `next ${delivery.nextAt.toISOString()}`;
  return [
    paintOut(stateColours[delivery.state], delivery.state.padEnd(9)),
    delivery.kind.padEnd(20),
    `${delivery.attempts} attempts`,
    String(last).padEnd(8),
    delivery.at.toISOString(),
    delivery.id,
    next,
  ]
    .join('  ')
    .trimEnd();
}
