import * as l10n from '@vscode/l10n'
import type { Rule } from './rule.ts'
import { at, siteFix, sitesOf } from './site-rule.ts'

/** A call of another service that could be given up for a while after failures in a row. */
export const circuitBreaker: Rule = {
  id: 'circuit-breaker',
  severity: 'info',
  scaffold: true,
  title: 'Call of another service without a circuit breaker',
  docs: {
    what: 'Offers a circuit breaker around a request to another service by `fetch` or axios.',
    why: 'While another service is down, every request that needs it waits for its timeout and holds memory and connections. A breaker fails these requests at once, and lets the other service recover.',
    fineWhen: [
      'The service rarely fails, or nothing else waits while it does.',
      'A proxy or service mesh breaks the circuit already.',
    ],
    fixSafety:
      'Review: after five failures in a row (errors, timeouts, answers of 500 and above), clients get an error with the status 503 for ten seconds, without the other service being asked. State is kept by this process.',
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

const breakerFailures = 5
const breakerOpenMs = 10_000
const breakers = new Map<string, { failures: number; openUntil: number; isProbing: boolean }>()

// After five failures in a row, calls of a service fail at once for ten seconds; then one call probes it.
async function withBreaker<T>(service: string, call: () => Promise<T>): Promise<T> {
  const breaker = breakers.get(service) ?? { failures: 0, openUntil: 0, isProbing: false }
  breakers.set(service, breaker)
  const isProbe = breaker.failures >= breakerFailures
  if (isProbe && (breaker.isProbing || Date.now() < breaker.openUntil)) {
    throw Object.assign(new Error(service + ' does not answer at the moment'), { status: 503 })
  }
  breaker.isProbing = isProbe
  let hasFailed = true
  try {
    const answer = await call()
    hasFailed = answeredStatus(answer) >= 500
    return answer
  } catch (error) {
    // A service that refuses a request (4xx) does work.
    const status = answeredStatus(error)
    hasFailed = !(status >= 400 && status < 500)
    throw error
  } finally {
    // Calls from before it opened change nothing any more.
    if (isProbe || breaker.failures < breakerFailures) {
      breaker.failures = hasFailed ? breaker.failures + 1 : 0
      breaker.openUntil = Date.now() + breakerOpenMs
      breaker.isProbing = false
    }
  }
}

// The status of an answer, or of the answer that an error holds; NaN for everything else.
function answeredStatus(value: unknown): number {
  const { status, response } = Object(value)
  return Number(response?.status ?? status)
}

const app = express()

app.get('/weather', async (req, res) => {
  const answer = await withBreaker('weather.example.com', () => fetch('https://weather.example.com/today', { signal: AbortSignal.timeout(5000) }))
  res.json(await answer.json())
})
`,
    },
  ],
  detect: (facts) =>
    sitesOf(facts, 'outbound-call').flatMap((site) => {
      if (site.handlers.length === 0 || site.detail.client === 'got') return []
      const title = l10n.t('Add a circuit breaker (clients get a 503 at once while the service is down)')
      const message = l10n.t('Every request waits for this service, even while it is known to be down.')
      return [at(site, message, [siteFix(site, 'circuit-breaker', title, 'review')])]
    }),
}
