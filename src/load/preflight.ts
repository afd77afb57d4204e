import { performance } from 'node:perf_hooks'
import { Client } from 'undici'
import { Failure } from '../model/failure.ts'
import { formatMicros } from '../model/format.ts'
import type { Preflight } from '../model/run.ts'
import { clientOptions } from './connector.ts'
import { describeError, errorKind } from './errors.ts'
import { resolveTarget, type Lookup, type Target } from './loopback.ts'
import type { PreflightRequest } from './protocol.ts'
import { requestSource } from './request-source.ts'

/** A larger answer is counted to its end, but its rows are not. */
const largestParsedBytes = 16_000_000

/**
 * Sends one request and describes its answer, whatever its status. Throws `HR_NO_SERVER`, `HR_NO_ANSWER`, what
 * `resolveTarget` and `requestSource` throw, and `HR_STOPPED` when `signal` aborts. `lookup` is the resolver, the
 * system's by default.
 */
export async function runPreflight(
  preflight: PreflightRequest,
  signal: AbortSignal,
  lookup?: Lookup,
): Promise<Preflight> {
  const { request, timeoutMillis } = preflight
  const target = await resolveTarget(preflight.baseUrl, lookup)
  const path = requestSource(request, target.pathPrefix, 0).nextPath()
  const client = new Client(target.origin, clientOptions(target, timeoutMillis))
  try {
    // Connecting, and preparing the parser for the first time, is not the endpoint's time.
    let startedAtMillis = performance.now()
    client.once('connect', () => (startedAtMillis = performance.now()))
    const answer = await client.request({
      path,
      method: request.method,
      headers: { ...request.headers },
      body: request.body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMillis)]),
    })
    const { bytes, text } = await readBody(answer.body)
    const contentType = answer.headers['content-type']
    return {
      status: answer.statusCode,
      latencyMicros: Math.round((performance.now() - startedAtMillis) * 1000),
      bytes,
      contentType: typeof contentType === 'string' ? contentType : null,
      rows: countRows(text),
    }
  } catch (error) {
    throw preflightFailure(error, target, preflight, signal)
  } finally {
    client.destroy().catch(() => undefined)
  }
}

async function readBody(body: AsyncIterable<Buffer>): Promise<{ bytes: number; text: string }> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.byteLength
    if (bytes <= largestParsedBytes) chunks.push(chunk)
  }
  return { bytes, text: bytes <= largestParsedBytes ? Buffer.concat(chunks).toString() : '' }
}

/** The length of a JSON array, or of the only array in a JSON object; null for anything else. */
function countRows(text: string): number | null {
  const json = parseJson(text)
  if (Array.isArray(json)) return json.length
  if (typeof json !== 'object' || json === null) return null
  const arrays = Object.values(json).filter((value) => Array.isArray(value))
  return arrays.length === 1 ? (arrays[0]?.length ?? null) : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function preflightFailure(
  error: unknown,
  target: Target,
  { request, timeoutMillis }: PreflightRequest,
  stop: AbortSignal,
): Failure {
  if (stop.aborted) return new Failure('HR_STOPPED', 'Stopped before any load was sent.', { exitCode: 3 })
  if (error instanceof Failure) return error
  const cause = error instanceof Error ? error : new Error(String(error))
  const route = `${request.method} ${request.path}`
  if (errorKind(cause) === 'refused') {
    return new Failure(
      'HR_NO_SERVER',
      `Nothing is listening on ${target.host}. Start your server, or say where it listens.`,
      {
        exitCode: 3,
        cause,
        actions: [
          { id: 'change-port', title: 'Change Port', commandLine: '--base-url http://localhost:3001' },
        ],
      },
    )
  }
  if (cause.name === 'TimeoutError' || errorKind(cause) === 'timeout') {
    const waited = formatMicros(timeoutMillis * 1000)
    return new Failure(
      'HR_NO_ANSWER',
      `${target.host} accepted ${route} but did not answer within ${waited}, before any load. Does it wait for something that is down?`,
      { exitCode: 3, cause },
    )
  }
  return new Failure(
    'HR_NO_ANSWER',
    `${target.host} did not answer ${route} properly: ${describeError(cause)}. Look at your server's log.`,
    { exitCode: 3, cause },
  )
}
