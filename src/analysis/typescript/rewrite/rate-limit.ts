import type { FileEdit } from '../../../model/source.ts'
import type { SiteIntention } from '../../intentions.ts'
import type { Context } from './context.ts'
import { addMiddleware } from './middleware.ts'
import type { Snippet } from './snippet.ts'

const snippet: Snippet = {
  names: ['limitRequests', 'requestsPerMinute', 'rateLimitedClients', 'rateLimits'],
  imports: {},
  types: { 'node:http': ['IncomingMessage', 'ServerResponse'] },
  text: String.raw`
const requestsPerMinute = 60;
const rateLimitedClients = 10_000;
const rateLimits = new Map«<string, { tokens: number; at: number }>»();

// A token bucket for every client address of this process; behind a proxy, set Express’s trust proxy.
function limitRequests(
  request«: IncomingMessage# & { ip?: string | undefined }»,
  response«: ServerResponse#»,
  next«: () => void»,
)«: void» {
  const client = request.ip ?? request.socket.remoteAddress ?? '';
  const at = performance.now();
  const last = rateLimits.get(client) ?? { tokens: requestsPerMinute, at };
  const tokens = Math.min(requestsPerMinute, last.tokens + ((at - last.at) / 60_000) * requestsPerMinute);
  // Clients stand in the order of their last request, so that the one longest away is forgotten first.
  rateLimits.delete(client);
  rateLimits.set(client, { tokens: tokens < 1 ? tokens : tokens - 1, at });
  const [oldest] = rateLimits.keys();
  if (oldest !== undefined && rateLimits.size > rateLimitedClients) rateLimits.delete(oldest);
  if (tokens >= 1) return next();
  const seconds = Math.ceil(((1 - tokens) * 60) / requestsPerMinute);
  response.writeHead(429, { 'Retry-After': seconds, 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ error: 'Too many requests' }));
}
`,
}

/** Puts a rate limit by client address in front of an Express handler. */
export function rateLimit(intention: SiteIntention, context: Context): FileEdit[] | null {
  return addMiddleware(intention, snippet, context)
}
