import { Node, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { SiteIntention } from '../../intentions.ts'
import { symbolOf } from '../functions.ts'
import type { Resolver } from '../resolver.ts'
import type { Context } from './context.ts'
import { replacement } from './placement.ts'
import { addSnippet, type Snippet } from './snippet.ts'

const snippet: Snippet = {
  names: ['fetchWithRetry', 'retryAttempts', 'retryBaseMs', 'retryCapMs', 'retryTimeoutMs', 'retryAfterMs'],
  imports: {},
  types: {},
  text: String.raw`
const retryAttempts = 3;
const retryBaseMs = 200;
const retryCapMs = 5000;
const retryTimeoutMs = 5000;

// Repeats a GET, a HEAD or a request with an Idempotency-Key after network errors and answers that ask for it.
async function fetchWithRetry(url«: string | URL», options«: RequestInit» = {})«: Promise<Response>» {
  const { method = 'GET', headers, body, signal } = options;
  const isRepeatable = /^(?:GET|HEAD)$/i.test(method) || new Headers(headers).has('idempotency-key');
  const canBeResent = isRepeatable && !(body instanceof ReadableStream);
  for (let attempt = 0; ; attempt++) {
    const isLast = !canBeResent || attempt + 1 >= retryAttempts;
    // Full jitter: clients that failed together don’t come back together.
    let waitMs = Math.random() * Math.min(retryCapMs, retryBaseMs * 2 ** attempt);
    try {
      // Without a signal, every attempt has a timeout of its own.
      const response = await fetch(url, { ...options, signal: signal ?? AbortSignal.timeout(retryTimeoutMs) });
      if (isLast || ![429, 502, 503, 504].includes(response.status)) return response;
      waitMs = retryAfterMs(response.headers.get('retry-after')) ?? waitMs;
      await response.body?.cancel();
    } catch (error) {
      if (isLast || signal?.aborted) throw error;
    }
    // An abort ends the pause, and the next attempt before it is sent.
    await new Promise((resolve) => {
      setTimeout(resolve, waitMs);
      signal?.addEventListener('abort', resolve, { once: true });
    });
  }
}

// The wait that a Retry-After header asks for, in seconds or as a date, within the cap.
function retryAfterMs(header«: string | null»)«: number | null» {
  if (header === null) return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? null : Math.min(retryCapMs, Math.max(0, ms));
}
`,
}

/** Makes a request by the global `fetch` through a function that repeats it; null for any other client, and for `Request` objects. */
export function addRetry({ site }: SiteIntention, { sites, resolver }: Context): FileEdit[] | null {
  const found = sites.get(site)
  const call = found?.node
  if (found?.facts.detail.kind !== 'outbound-call' || !Node.isCallExpression(call)) return null
  const callee = call.getExpression()
  if (!isGlobalFetch(call) || !takesAddress(call, resolver)) return null
  const added = addSnippet(call, snippet)
  return added && [...added, replacement(callee, snippet.names[0])]
}

function isGlobalFetch(call: CallExpression): boolean {
  const callee = call.getExpression()
  if (!Node.isIdentifier(callee)) return callee.getText() === 'globalThis.fetch'
  return callee.getText() === 'fetch' && (symbolOf(callee)?.getDeclarations() ?? []).length === 0
}

/** Whether a request is given by its address, not as an object. */
function takesAddress(call: CallExpression, resolver: Resolver): boolean {
  const [address, options] = call.getArguments()
  if (!address || [address, options].some((argument) => Node.isSpreadElement(argument))) return false
  const value = resolver.definition(address)
  if (Node.isNewExpression(value)) return value.getExpression().getText() === 'URL'
  return !Node.isParameterDeclaration(value) || !/\bRequest/.test(value.getTypeNode()?.getText() ?? '')
}
