import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** An address as a name was resolved to. */
export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Turns a name into its addresses. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** How the machine resolves names. */
export const systemResolve: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true, verbatim: true })).map(({ address, family }) => ({
    address,
    family: family === 6 ? 6 : 4,
  }));

/** What kind of place an address is: the internet, this machine or its network, or nowhere a message belongs. */
export type AddressScope = 'public' | 'private' | 'forbidden';

function blockList(family: 'ipv4' | 'ipv6', networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** Loopback and private use (RFC 1918, RFC 4193). */
const private4 = blockList('ipv4', ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']);
const private6 = blockList('ipv6', ['::1/128', 'fc00::/7']);
/** Metadata services that stand inside networks which are otherwise private or public. */
const metadata4 = blockList('ipv4', ['168.63.129.16/32']);
const metadata6 = blockList('ipv6', ['fd00:ec2::254/128', 'fd20:ce::254/128']);
/** The rest of what IANA's registry of special-purpose IPv4 addresses keeps from the internet, link-local first. */
const special4 = blockList('ipv4', [
  '169.254.0.0/16',
  '0.0.0.0/8',
  '100.64.0.0/10',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]);
/** The only part of IPv6 that is the internet: mapped, translated, link-local and multicast addresses lie outside. */
const global6 = blockList('ipv6', ['2000::/3']);
/** Inside of it: protocol assignments and tunnels, which carry an IPv4 address of anybody's choice, and documentation. */
const special6 = blockList('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20']);

/** The scope of an address in numbers. Anything that is not one is forbidden. */
export function addressScope(address: string): AddressScope {
  const family = isIP(address);
  // A zone (fe80::1%eth0) says that the address means something on this machine only.
  if (family === 0 || address.includes('%')) return 'forbidden';
  if (family === 4) {
    if (metadata4.check(address) || special4.check(address)) return 'forbidden';
    return private4.check(address) ? 'private' : 'public';
  }
  if (metadata6.check(address, 'ipv6')) return 'forbidden';
  if (private6.check(address, 'ipv6')) return 'private';
  return global6.check(address, 'ipv6') && !special6.check(address, 'ipv6') ? 'public' : 'forbidden';
}

/** Thrown for a URL that leads, or may lead, where nothing may be sent. Names no address. */
export class AddressRefused extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'AddressRefused';
  }
}

/**
 * The one address that a URL may be connected to: resolved once, so that what was checked is what is connected to. When
 * a name has several addresses, all of them must be allowed.
 * @throws AddressRefused, or what the resolver throws.
 */
export async function pinAddress(url: URL, allowPrivate: boolean, resolve: Resolve): Promise<ResolvedAddress> {
  const isSecure = url.protocol === 'https:';
  if (!isSecure && !(allowPrivate && url.protocol === 'http:')) throw new AddressRefused('The URL is not https');
  if (url.username !== '' || url.password !== '') throw new AddressRefused('The URL holds credentials');
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(hostname);
  const addresses: readonly ResolvedAddress[] =
    family === 0 ? await resolve(hostname) : [{ address: hostname, family: family === 6 ? 6 : 4 }];
  const [first] = addresses;
  if (first === undefined) throw new AddressRefused('The name has no address');
  for (const { address } of addresses) {
    const scope = addressScope(address);
    if (scope === 'forbidden') throw new AddressRefused('The address is set aside for other use');
    if (scope === 'private' && !allowPrivate) throw new AddressRefused('The address is not on the internet');
    if (scope === 'public' && !isSecure) throw new AddressRefused('Over the internet only https is used');
  }
  return first;
}
