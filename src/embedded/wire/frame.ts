import { readDocument } from '../bson/raw.js';
import { checkDocument } from '../bson/validate.js';
import { type Document, decodeDocument } from '../bson/value.js';
import { EngineError } from '../engine-error.js';

/** Operation code of the answer to {@link OP_QUERY}. */
export const OP_REPLY = 1;

/** Operation code of a client's first handshake. */
export const OP_QUERY = 2004;

/** Operation code of everything else; there is no compression. */
export const OP_MSG = 2013;

const HEADER_LENGTH = 16;
const FLAG_CHECKSUM = 1;
const FLAG_MORE_TO_COME = 2;

/** Bits below 16 are "required": an unknown one must be refused, the higher ones may be ignored. */
const REQUIRED_FLAGS = 0xffff;

/** Largest message accepted, as told to clients in `hello`. */
export const MAX_MESSAGE_BYTES = 48_000_000;

/** A command as received: `documents` of an insert stay raw bytes. */
export interface Request {
  requestId: number;
  operation: typeof OP_QUERY | typeof OP_MSG;
  body: Document;
  /** The client does not read a reply to this message. */
  isUnacknowledged: boolean;
  /** Why the message's documents cannot be taken; the body is empty then. */
  refusal?: EngineError;
}

/** The bytes on a connection make no sense as wire protocol; the connection has to be closed. */
export class FrameError extends Error {}

/** Splits a byte stream into whole messages. */
export class FrameReader {
  #pieces: Buffer[] = [];
  #length = 0;

  /** Adds received bytes and returns the messages that are complete now; throws {@link FrameError}. */
  push(piece: Buffer): Buffer[] {
    this.#pieces.push(piece);
    this.#length += piece.length;
    const messages: Buffer[] = [];
    while (this.#length >= 4) {
      if ((this.#pieces[0] as Buffer).length < 4) this.#join();
      const length = (this.#pieces[0] as Buffer).readInt32LE(0);
      if (length < HEADER_LENGTH || length > MAX_MESSAGE_BYTES) {
        throw new FrameError(`wanted a message of ${HEADER_LENGTH} to ${MAX_MESSAGE_BYTES} bytes, got ${length}`);
      }
      if (this.#length < length) break;
      this.#join();
      const all = this.#pieces[0] as Buffer;
      messages.push(all.subarray(0, length));
      this.#pieces = all.length > length ? [all.subarray(length)] : [];
      this.#length -= length;
    }
    return messages;
  }

  #join(): void {
    if (this.#pieces.length > 1) this.#pieces = [Buffer.concat(this.#pieces)];
  }
}

/** Reads one whole message; throws {@link FrameError}. */
export function parseRequest(message: Buffer): Request {
  const requestId = message.readInt32LE(4);
  const operation = message.readInt32LE(12);
  try {
    if (operation === OP_MSG) return { requestId, operation, ...parseMessage(message) };
    if (operation === OP_QUERY) return { requestId, operation, ...parseQuery(message) };
  } catch (error) {
    if (error instanceof FrameError) throw error;
    // The frame is whole, only a document in it is not: the client gets an answer and keeps its connection.
    if (error instanceof EngineError) {
      const isMessage = operation === OP_MSG;
      const isUnacknowledged = isMessage && (message.readUInt32LE(HEADER_LENGTH) & FLAG_MORE_TO_COME) !== 0;
      return { requestId, operation: isMessage ? OP_MSG : OP_QUERY, body: {}, isUnacknowledged, refusal: error };
    }
    throw new FrameError('wanted a well-formed message, got bytes that are not valid BSON', { cause: error });
  }
  throw new FrameError(`wanted OP_MSG or OP_QUERY, got operation ${operation}`);
}

function parseMessage(message: Buffer): Pick<Request, 'body' | 'isUnacknowledged'> {
  const flags = message.readUInt32LE(HEADER_LENGTH);
  if (flags & REQUIRED_FLAGS & ~(FLAG_CHECKSUM | FLAG_MORE_TO_COME)) {
    throw new FrameError(`wanted known message flags, got ${flags}`);
  }
  const end = message.length - (flags & FLAG_CHECKSUM ? 4 : 0);
  let body: Document | undefined;
  const sequences: [string, Buffer[]][] = [];
  let at = HEADER_LENGTH + 4;
  while (at < end) {
    const kind = message[at++];
    const size = message.readInt32LE(at);
    if (size < 5 || at + size > end) throw new FrameError(`wanted a section within the message, got ${size} bytes`);
    const section = message.subarray(at, at + size);
    if (kind === 0) body = decodeCommand(section);
    else if (kind === 1) sequences.push(parseSequence(section));
    else throw new FrameError(`wanted section kind 0 or 1, got ${kind}`);
    at += size;
  }
  if (!body) throw new FrameError('wanted a command body, got none');
  const isInsert = 'insert' in body;
  for (const [name, documents] of sequences) {
    body[name] = isInsert && name === 'documents' ? documents : documents.map(decodeChecked);
  }
  return { body, isUnacknowledged: (flags & FLAG_MORE_TO_COME) !== 0 };
}

function parseSequence(section: Buffer): [string, Buffer[]] {
  const nameEnd = section.indexOf(0, 4);
  const name = section.toString('utf8', 4, nameEnd);
  const documents: Buffer[] = [];
  let at = nameEnd + 1;
  while (at < section.length) {
    const size = section.readInt32LE(at);
    if (size < 5 || at + size > section.length) throw new FrameError('wanted whole documents in a sequence');
    documents.push(section.subarray(at, at + size));
    at += size;
  }
  return [name, documents];
}

function parseQuery(message: Buffer): Pick<Request, 'body' | 'isUnacknowledged'> {
  const nameEnd = message.indexOf(0, HEADER_LENGTH + 4);
  const body = decodeChecked(message.subarray(nameEnd + 1 + 8));
  const namespace = message.toString('utf8', HEADER_LENGTH + 4, nameEnd);
  return { body: { ...body, $db: namespace.split('.')[0] }, isUnacknowledged: false };
}

/** Decodes stored BSON. */
export function decode(bytes: Uint8Array): Document {
  return decodeDocument(bytes);
}

function decodeChecked(bytes: Buffer): Document {
  checkDocument(bytes);
  return decodeDocument(bytes);
}

const INSERT_NAME = Buffer.from('\u0002insert\0', 'latin1');

function decodeCommand(bytes: Buffer): Document {
  // The command's name is its first element: documents to insert are kept as the bytes that came.
  checkDocument(bytes);
  const isInsert = bytes.subarray(4, 4 + INSERT_NAME.length).equals(INSERT_NAME);
  return readDocument(bytes, 0, isInsert ? 'documents' : undefined);
}
