import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** One message that the server has taken. */
export interface TakenMail {
  readonly to: readonly string[];
  readonly from: string;
  /** Header fields by name in lower case, unfolded. */
  readonly headers: Readonly<Record<string, string>>;
  /** All of it, with soft line ends removed. */
  readonly source: string;
  readonly isEncrypted: boolean;
}

/** A command that can be refused. */
type Refusable = 'AUTH' | 'MAIL' | 'RCPT' | 'DATA';

/** A real mail server on this machine. */
export interface MailServer {
  readonly port: number;
  readonly url: string;
  readonly taken: TakenMail[];
  /** Addresses that were named as recipients, whether or not they were taken. */
  readonly asked: string[];
  /** Refuses a command with a reply code from now on; null takes all again. */
  refuse(command: Refusable | null, code?: number): void;
  close(): Promise<void>;
}

function refusal(code: number): Error {
  return Object.assign(new Error('refused by the test'), { responseCode: code });
}

function readHeaders(source: string): Record<string, string> {
  const head = (source.split('\r\n\r\n')[0] ?? '').replaceAll(/\r\n[ \t]+/g, ' ');
  return Object.fromEntries(
    head.split('\r\n').map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
    }),
  );
}

/** Listens on loopback; by default without TLS and without a login. */
export async function openMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const taken: TakenMail[] = [];
  const asked: string[] = [];
  let refused: { command: Refusable | null; code: number } = { command: null, code: 0 };
  const answer = (command: Refusable, callback: (error?: Error | null) => void): void => {
    callback(refused.command === command ? refusal(refused.code) : null);
  };
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    onAuth: (_auth, _session, callback) => {
      if (refused.command === 'AUTH') callback(refusal(refused.code));
      else callback(null, { user: 'somebody' });
    },
    onMailFrom: (_address, _session, callback) => answer('MAIL', callback),
    onRcptTo: ({ address }, _session, callback) => {
      asked.push(address);
      answer('RCPT', callback);
    },
    onData: (stream, session, callback) => {
      const take = (source: string): void => {
        const { mailFrom, rcptTo } = session.envelope;
        if (refused.command !== 'DATA') {
          taken.push({
            to: rcptTo.map(({ address }) => address),
            from: mailFrom === false ? '' : mailFrom.address,
            headers: readHeaders(source),
            source: source.replaceAll('=\r\n', '').replaceAll('=3D', '='),
            isEncrypted: session.secure,
          });
        }
        answer('DATA', callback);
      };
      // A client may break off in the middle.
      text(stream).then(take, () => callback(refusal(451)));
    },
    ...options,
  });
  // A client that breaks off is one of the cases.
  server.on('error', () => {});
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    taken,
    asked,
    refuse: (command, code = 0) => {
      refused = { command, code };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}
