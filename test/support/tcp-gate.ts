import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a server and its database, and can keep them apart. */
export class TcpGate {
  #state: 'open' | 'shut' | 'stalled' = 'open';
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Opens a gate on a free port of the loopback that leads to `host:port`. */
  static async to(address: string): Promise<TcpGate> {
    const [host, port] = address.split(':') as [string, string];
    const server = createServer();
    const gate = new TcpGate(server);
    server.on('connection', (client) => gate.#pass(client, host, Number(port)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return gate;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** As if the database were stopped: connections end, new ones too. */
  shut(): void {
    this.#state = 'shut';
    for (const socket of this.#sockets) socket.destroy();
  }

  /** As if the network lost every packet: connections stay, nothing comes through. */
  stall(): void {
    this.#state = 'stalled';
    for (const socket of this.#sockets) socket.pause();
  }

  /** Lets everything through again. What was stalled before is lost, as after a timeout. */
  open(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#state = 'open';
  }

  async close(): Promise<void> {
    this.shut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(client: Socket, host: string, port: number): void {
    if (this.#state === 'shut') {
      client.destroy();
      return;
    }
    this.#keep(client);
    if (this.#state === 'stalled') {
      client.pause();
      return;
    }
    const database = connect({ host, port });
    this.#keep(database);
    client.on('data', (bytes) => this.#state === 'open' && database.write(bytes));
    database.on('data', (bytes) => this.#state === 'open' && client.write(bytes));
    client.on('close', () => database.destroy());
    database.on('close', () => client.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    // A broken connection is what this is for; both ends learn of it by its close.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
