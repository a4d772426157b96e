import { describe, expect, it } from 'vitest';
import { AddressRefused, addressScope, pinAddress, type ResolvedAddress } from '../../src/webhooks/public-address.js';

/** Forms of addresses that are not on the internet, as a URL may spell them. */
const refusedHosts = [
  // Loopback, in every spelling that a URL turns into one.
  ...['127.0.0.1', '127.1', '127.255.255.254', '2130706433', '0x7f000001', '0x7f.0.0.1', '0177.0.0.1', '017700000001'],
  ...['%31%32%37.0.0.1', '１２７.0.0.1', '127。0。0。1', '[::1]', '[0:0:0:0:0:0:0:1]', '[0000::0001]'],
  // This host and this network.
  ...['0.0.0.0', '0', '0x0', '0.1.2.3', '[::]'],
  // Private use.
  ...[
    '10.0.0.1',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '0xc0a80001',
    '[fc00::1]',
    '[fd12:3456::1]',
  ],
  // Link-local, with the metadata services of the clouds.
  ...['169.254.169.254', '0xa9fea9fe', '2852039166', '169.254.170.2', '[fe80::1]', '[fd00:ec2::254]', '[fd20:ce::254]'],
  ...['100.100.100.200', '168.63.129.16', '192.0.0.192'],
  // IPv6 that carries IPv4: mapped, compatible, translated, tunnelled.
  ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::ffff:169.254.169.254]', '[::ffff:10.0.0.1]', '[::127.0.0.1]'],
  ...['[::ffff:8.8.8.8]', '[64:ff9b::7f00:1]', '[64:ff9b:1::a00:1]', '[2002:7f00:1::]', '[2001:0:7f00:1::]'],
  // Shared, benchmarking, documentation, multicast, reserved, broadcast.
  ...[
    '100.64.0.1',
    '198.18.0.1',
    '192.0.2.1',
    '198.51.100.7',
    '203.0.113.9',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
  ],
  ...['255.255.255.255', '[ff02::1]', '[2001:db8::1]', '[3fff::1]', '[fec0::1]', '[100::1]', '[4000::1]'],
];

const neverAsked = async (): Promise<ResolvedAddress[]> => {
  throw new Error('A literal address was resolved');
};

/** Names that lead to these addresses. */
function resolvingTo(...addresses: string[]): () => Promise<ResolvedAddress[]> {
  return async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
}

describe('a URL that leads off the internet', () => {
  it.each(refusedHosts)('is refused: %s', async (host) => {
    await expect(pinAddress(new URL(`https://${host}/hook`), false, neverAsked)).rejects.toThrow(AddressRefused);
  });

  it('is refused in the same way when a name hides the address', async () => {
    const hidden = refusedHosts.flatMap((host) => new URL(`https://${host}/`).hostname.replace(/^\[(.*)\]$/, '$1'));
    for (const address of hidden) {
      const resolve = resolvingTo(address);
      await expect(pinAddress(new URL('https://crm.example/'), false, resolve), address).rejects.toThrow(
        AddressRefused,
      );
    }
  });

  it('is refused when any one of several addresses is not on the internet', async () => {
    const resolve = resolvingTo('93.184.215.14', '10.0.0.5');
    await expect(pinAddress(new URL('https://crm.example/'), false, resolve)).rejects.toThrow(AddressRefused);
  });

  it('is refused when the name has no address, or one that means something on this machine only', async () => {
    for (const resolve of [resolvingTo(), resolvingTo('fe80::1%eth0'), resolvingTo('not an address')])
      await expect(pinAddress(new URL('https://crm.example/'), false, resolve)).rejects.toThrow(AddressRefused);
  });

  it.each(['http://8.8.8.8/', 'ftp://8.8.8.8/', 'file:///etc/passwd', 'https://user:word@8.8.8.8/'])(
    'is refused for its scheme or credentials: %s',
    async (url) => {
      await expect(pinAddress(new URL(url), false, neverAsked)).rejects.toThrow(AddressRefused);
    },
  );
});

describe('a URL on the internet', () => {
  it.each([
    '8.8.8.8',
    '93.184.215.14',
    '172.15.255.255',
    '172.32.0.1',
    '[2606:4700::1111]',
    '[2a00:1450:4001:81b::200e]',
  ])('may be connected to: %s', async (host) => {
    const { address } = await pinAddress(new URL(`https://${host}/`), false, neverAsked);
    expect(addressScope(address)).toBe('public');
  });

  it('is resolved once, and connected to where it led then', async () => {
    let asked = 0;
    const answers = [resolvingTo('93.184.215.14'), resolvingTo('127.0.0.1')];
    const rebinding = () => (answers[asked++] ?? resolvingTo('127.0.0.1'))();
    expect(await pinAddress(new URL('https://crm.example/'), false, rebinding)).toMatchObject({
      address: '93.184.215.14',
    });
    expect(asked).toBe(1);
  });
});

describe('a receiver that may be private, for development', () => {
  it.each(['http://127.0.0.1/', 'http://[::1]/', 'https://10.1.2.3/', 'http://192.168.1.5:8080/', 'https://8.8.8.8/'])(
    'may be at %s',
    async (url) => {
      await pinAddress(new URL(url), true, neverAsked);
    },
  );

  it.each([
    'http://169.254.169.254/',
    'http://[fd00:ec2::254]/',
    'http://0.0.0.0/',
    'http://[::ffff:127.0.0.1]/',
    'http://8.8.8.8/',
  ])('may still not be at %s', async (url) => {
    await expect(pinAddress(new URL(url), true, neverAsked)).rejects.toThrow(AddressRefused);
  });
});
