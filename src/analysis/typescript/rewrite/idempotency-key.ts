import type { FileEdit } from '../../../model/source.ts'
import type { SiteIntention } from '../../intentions.ts'
import type { Context } from './context.ts'
import { addMiddleware } from './middleware.ts'
import type { Snippet } from './snippet.ts'

const snippet: Snippet = {
  names: ['answerOnce', 'repeatableForMs', 'repeatableAnswers', 'answersByKey', 'FirstAnswer', 'hashOf'],
  imports: { 'node:crypto': ['createHash'] },
  types: { 'node:http': ['IncomingMessage', 'ServerResponse'] },
  text: String.raw`
«interface FirstAnswer {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array;
}»

const repeatableForMs = 24 * 60 * 60 * 1000;
const repeatableAnswers = 10_000;
const answersByKey = new Map«<string, { body: string; until: number; answer: Promise<FirstAnswer | null> }>»();

// Gives a repeated request (same Idempotency-Key, client and body) the first one’s answer and doesn’t carry it out again.
// The answers are in this process’s memory: several processes need a store that they share, such as Redis.
async function answerOnce(
  request«: IncomingMessage# & { originalUrl?: string }»,
  response«: ServerResponse#»,
  next«: () => void»,
)«: Promise<void>» {
  const { method, originalUrl, headers } = request;
  const key = headers['idempotency-key'];
  if (typeof key !== 'string' || key.length > 200) return next();
  const id = hashOf([method, originalUrl, headers.authorization ?? headers.cookie, key]);
  const body = hashOf(Reflect.get(request, 'body'));
  const first = answersByKey.get(id);
  if (first && first.until > Date.now()) {
    if (first.body !== body) return void response.writeHead(422).end('This Idempotency-Key had another body.');
    const answer = await first.answer;
    if (answer) return void response.writeHead(answer.status, answer.headers).end(answer.body);
    return void response.writeHead(409).end('The first request with this Idempotency-Key failed; repeat it.');
  }
  let settle«: (answer: FirstAnswer | null) => void» = () => {};
  const answer = new Promise«<FirstAnswer | null>»((resolve) => (settle = resolve));
  answersByKey.delete(id);
  answersByKey.set(id, { body, until: Date.now() + repeatableForMs, answer });
  const [oldest] = answersByKey.keys();
  if (oldest !== undefined && answersByKey.size > repeatableAnswers) answersByKey.delete(oldest);
  const end = response.end;
  response.end = (...args«: unknown[]») => {
    const [sent] = args;
    // Only a whole answer that reports success is kept; after a failure, the request may be carried out again.
    const isKept = response.statusCode < 400 && !response.headersSent;
    if (!isKept) answersByKey.delete(id);
    const names = ['content-type', 'location'].filter((name) => response.hasHeader(name));
    const kept = Object.fromEntries(names.map((name) => [name, String(response.getHeader(name))]));
    const whole = typeof sent === 'string' || sent instanceof Uint8Array ? sent : '';
    settle(isKept ? { status: response.statusCode, headers: kept, body: whole } : null);
    return end.apply(response, args« as Parameters<typeof end>»);
  };
  next();
}

function hashOf(value«: unknown»)«: string» {
  return createHash('sha256').update(JSON.stringify(value) ?? '').digest('hex');
}
`,
}

/** Puts a middleware in front of an Express handler that answers repetitions of a request with its first answer. */
export function idempotencyKey(intention: SiteIntention, context: Context): FileEdit[] | null {
  return addMiddleware(intention, snippet, context)
}
