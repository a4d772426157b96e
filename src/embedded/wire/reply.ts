import { BSON, type Document, Long, Timestamp } from 'bson';
import { encodeDocument } from '../bson/encode.js';
import { OP_MSG, OP_QUERY, OP_REPLY, type Request } from './frame.js';

/** One batch of a cursor: documents stay the bytes they are stored as. */
export interface CursorBatch {
  field: 'firstBatch' | 'nextBatch';
  documents: Uint8Array[];
  /** Zero once everything was returned. */
  id: Long;
  namespace: string;
}

/** What a command answers; a cursor batch is put in front of the other fields. */
export interface Reply {
  body: Document;
  cursor?: CursorBatch;
}

const BSON_OBJECT = 0x03;
const BSON_ARRAY = 0x04;

let clockSeconds = 0;
let clockIncrement = 0;

/** The next logical time: strictly greater than any given out before by this process. */
export function nextOperationTime(): Timestamp {
  const seconds = Math.floor(Date.now() / 1000);
  if (seconds > clockSeconds) {
    clockSeconds = seconds;
    clockIncrement = 1;
  } else clockIncrement++;
  return new Timestamp({ t: clockSeconds, i: clockIncrement });
}

const NO_SIGNATURE = { hash: new BSON.Binary(new Uint8Array(20)), keyId: Long.ZERO };

/**
 * Serialises a reply as MongoDB sends it, behind `headLength` bytes left free. Missing values are left out instead of
 * becoming null. The documents of a cursor are copied once, which is what large batches cost.
 */
export function encodeBody(reply: Reply, headLength = 0): Buffer {
  const time = nextOperationTime();
  const clock = { operationTime: time, $clusterTime: { clusterTime: time, signature: NO_SIGNATURE } };
  const rest = encodeDocument({ ...reply.body, ...clock });
  if (reply.cursor) return withCursor(reply.cursor, rest, headLength);
  const out = Buffer.allocUnsafe(headLength + rest.length);
  rest.copy(out, headLength);
  return out;
}

const CURSOR_NAME = elementHead(BSON_OBJECT, 'cursor');

const BATCH_NAMES = {
  firstBatch: elementHead(BSON_ARRAY, 'firstBatch'),
  nextBatch: elementHead(BSON_ARRAY, 'nextBatch'),
} as const;

/** Puts `cursor: {firstBatch|nextBatch, id, ns}` before the elements of an already serialised document. */
function withCursor(cursor: CursorBatch, rest: Buffer, headLength: number): Buffer {
  const tail = encodeDocument({ id: cursor.id, ns: cursor.namespace });
  const batchName = BATCH_NAMES[cursor.field];
  const batchLength = arrayLength(cursor.documents);
  const innerLength = batchName.length + batchLength + tail.length;
  const total = rest.length + CURSOR_NAME.length + innerLength;
  const out = Buffer.allocUnsafe(headLength + total);
  let at = out.writeInt32LE(total, headLength);
  at += CURSOR_NAME.copy(out, at);
  at = out.writeInt32LE(innerLength, at);
  at += batchName.copy(out, at);
  at = writeArray(out, at, cursor.documents, batchLength);
  at += tail.copy(out, at, 4);
  rest.copy(out, at, 4);
  return out;
}

function elementHead(type: number, name: string): Buffer {
  return Buffer.from(`${String.fromCharCode(type)}${name}\0`, 'latin1');
}

function arrayLength(documents: readonly Uint8Array[]): number {
  let total = 5;
  for (let index = 0; index < documents.length; index++) {
    total += 2 + String(index).length + (documents[index] as Uint8Array).length;
  }
  return total;
}

function writeArray(out: Buffer, start: number, documents: readonly Uint8Array[], length: number): number {
  let at = out.writeInt32LE(length, start);
  for (let index = 0; index < documents.length; index++) {
    const document = documents[index] as Uint8Array;
    const name = String(index);
    out[at++] = BSON_OBJECT;
    for (let i = 0; i < name.length; i++) out[at++] = name.charCodeAt(i);
    out[at++] = 0;
    out.set(document, at);
    at += document.length;
  }
  out[at] = 0;
  return at + 1;
}

let lastReplyId = 0;

/** A whole reply, framed in the protocol the request came in. */
export function frameReply(request: Request, reply: Reply): Buffer {
  const isQuery = request.operation === OP_QUERY;
  const headLength = isQuery ? 36 : 21;
  const out = encodeBody(reply, headLength);
  out.fill(0, 0, headLength);
  lastReplyId = (lastReplyId + 1) & 0x7fffffff;
  out.writeInt32LE(out.length, 0);
  out.writeInt32LE(lastReplyId, 4);
  out.writeInt32LE(request.requestId, 8);
  out.writeInt32LE(isQuery ? OP_REPLY : OP_MSG, 12);
  if (isQuery) {
    // Flags 8 (await capable), no cursor, starting from 0, one document.
    out.writeInt32LE(8, 16);
    out.writeInt32LE(1, 32);
  }
  return out;
}
