import * as l10n from '@vscode/l10n'
import type { Rule } from './rule.ts'
import { at, siteFix, sitesOf, type SiteOf } from './site-rule.ts'

/** A request to another service that could be repeated. */
export const missingRetry: Rule = {
  id: 'missing-retry',
  severity: 'info',
  scaffold: true,
  title: 'Request to another service without a retry',
  docs: {
    what: 'Offers to repeat a request by `fetch` that may be repeated: a GET, a HEAD, or one with an Idempotency-Key.',
    why: 'Many failures are over in a moment: a restarted instance, a lost connection, a limit just reached. Two more attempts, spread at random and no sooner than the other service asks for, turn most of them into answers.',
    fineWhen: [
      'A proxy or a client library between the two repeats requests already.',
      'The answer is worth less than the time that more attempts take.',
    ],
    fixSafety:
      'Review: a request that fails now takes up to three times as long, and a service in trouble is asked more often. It gives up after three attempts, waits with full jitter and honours `Retry-After` up to five seconds.',
  },
  examples: [
    {
      title: 'Express',
      before: `import express from 'express'

const app = express()

app.get('/weather', async (req, res) => {
  const answer = await fetch('https://weather.example.com/today', { signal: AbortSignal.timeout(5000) })
  res.json(await answer.json())
})
`,
      after: `import express from 'express'

const retryAttempts = 3
const retryBaseMs = 200
const retryCapMs = 5000
const retryTimeoutMs = 5000

// Repeats a GET, a HEAD or a request with an Idempotency-Key after network errors and answers that ask for it.
async function fetchWithRetry(url: string | URL, options: RequestInit = {}): Promise<Response> {
  const { method = 'GET', headers, body, signal } = options
  const isRepeatable = /^(?:GET|HEAD)$/i.test(method) || new Headers(headers).has('idempotency-key')
  const canBeResent = isRepeatable && !(body instanceof ReadableStream)
  for (let attempt = 0; ; attempt++) {
    const isLast = !canBeResent || attempt + 1 >= retryAttempts
    // Full jitter: clients that failed together don’t come back together.
    let waitMs = Math.random() * Math.min(retryCapMs, retryBaseMs * 2 ** attempt)
    try {
      // Without a signal, every attempt has a timeout of its own.
      const response = await fetch(url, { ...options, signal: signal ?? AbortSignal.timeout(retryTimeoutMs) })
      if (isLast || ![429, 502, 503, 504].includes(response.status)) return response
      waitMs = retryAfterMs(response.headers.get('retry-after')) ?? waitMs
      await response.body?.cancel()
    } catch (error) {
      if (isLast || signal?.aborted) throw error
    }
    // An abort ends the pause, and the next attempt before it is sent.
    await new Promise((resolve) => {
      setTimeout(resolve, waitMs)
      signal?.addEventListener('abort', resolve, { once: true })
    })
  }
}

// The wait that a Retry-After header asks for, in seconds or as a date, within the cap.
function retryAfterMs(header: string | null): number | null {
  if (header === null) return null
  const ms = /^\\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isNaN(ms) ? null : Math.min(retryCapMs, Math.max(0, ms))
}

const app = express()

app.get('/weather', async (req, res) => {
  const answer = await fetchWithRetry('https://weather.example.com/today', { signal: AbortSignal.timeout(5000) })
  res.json(await answer.json())
})
`,
    },
  ],
  detect: (facts) =>
    sitesOf(facts, 'outbound-call').flatMap((site) =>
      mayBeRepeated(site) ? [at(site, l10n.t('This request is made once.'), [retryFix(site)])] : [],
    ),
}

/** The fix that makes a request up to three times. */
export function retryFix(site: SiteOf<'outbound-call'>): ReturnType<typeof siteFix> {
  const title = l10n.t('Try up to three times, with pauses (failures take longer to reach clients)')
  return siteFix(site, 'add-retry', title, 'review')
}

/** Whether a handler makes a request by `fetch` that may be repeated: it reads, or the other service recognises its repetition. */
export function mayBeRepeated({ detail, handlers }: SiteOf<'outbound-call'>): boolean {
  const changes = ['PUT', 'DELETE', 'OPTIONS'].includes(detail.method ?? '')
  return (
    handlers.length > 0 && detail.client === 'fetch' && !detail.hasRetry && detail.isIdempotent && !changes
  )
}
