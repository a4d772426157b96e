import { BSON, type Document, Long, Timestamp } from 'bson';
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

/** Serialises a reply as MongoDB sends it: missing values are left out instead of becoming null. */
export function encodeBody(reply: Reply): Buffer {
  const time = nextOperationTime();
  const rest = BSON.serialize(
    { ...reply.body, operationTime: time, $clusterTime: { clusterTime: time, signature: NO_SIGNATURE } },
    { ignoreUndefined: true },
  );
  if (!reply.cursor) return Buffer.from(rest.buffer, rest.byteOffset, rest.length);
  return withCursor(reply.cursor, rest);
}

/** Puts `cursor: {firstBatch|nextBatch, id, ns}` before the elements of an already serialised document. */
function withCursor(cursor: CursorBatch, rest: Uint8Array): Buffer {
  const tail = BSON.serialize({ id: cursor.id, ns: cursor.namespace });
  const batch = rawArray(cursor.documents);
  const head = elementHead(BSON_ARRAY, cursor.field);
  const inner = head.length + batch.length + tail.length;
  const name = elementHead(BSON_OBJECT, 'cursor');
  const total = rest.length + name.length + inner;
  const out = Buffer.allocUnsafe(total);
  out.writeInt32LE(total, 0);
  let at = 4;
  at += name.copy(out, at);
  at = out.writeInt32LE(inner, at);
  at += head.copy(out, at);
  at += batch.copy(out, at);
  out.set(tail.subarray(4), at);
  at += tail.length - 4;
  out.set(rest.subarray(4), at);
  return out;
}

function elementHead(type: number, name: string): Buffer {
  return Buffer.from(`${String.fromCharCode(type)}${name}\0`, 'latin1');
}

function rawArray(documents: readonly Uint8Array[]): Buffer {
  let total = 5;
  for (let index = 0; index < documents.length; index++) {
    total += 2 + String(index).length + (documents[index] as Uint8Array).length;
  }
  const out = Buffer.allocUnsafe(total);
  let at = out.writeInt32LE(total, 0);
  for (let index = 0; index < documents.length; index++) {
    const document = documents[index] as Uint8Array;
    out[at++] = BSON_OBJECT;
    at += out.write(String(index), at, 'latin1');
    out[at++] = 0;
    out.set(document, at);
    at += document.length;
  }
  out[at] = 0;
  return out;
}

let lastReplyId = 0;

/** Frames a reply in the protocol the request came in. */
export function frameReply(request: Request, body: Buffer): Buffer {
  const isQuery = request.operation === OP_QUERY;
  const headLength = isQuery ? 36 : 21;
  const out = Buffer.alloc(headLength + body.length);
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
  body.copy(out, headLength);
  return out;
}
