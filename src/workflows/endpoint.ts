import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import { httpMethods, type HttpMethod } from '../model/route.ts'

export interface Endpoint {
  readonly method: Exclude<HttpMethod, 'ALL'>
  /** May hold `:name` parameters and a query string. */
  readonly path: string
}

/**
 * Reads `GET /users/:id`, `/users` (GET) or an http URL. Throws `HR_ENDPOINT` when it is none of them. For a URL,
 * `origin` is its origin.
 */
export function parseEndpoint(text: string): { endpoint: Endpoint; origin: string | null } {
  const [first = '', second] = text.trim().split(/\s+/)
  const method = second === undefined ? 'GET' : first.toUpperCase()
  const place = second ?? first
  if (isMethod(method)) {
    if (/^https?:\/\//.test(place) && URL.canParse(place)) {
      const url = new URL(place)
      return { endpoint: { method, path: url.pathname + url.search }, origin: url.origin }
    }
    if (place.startsWith('/')) return { endpoint: { method, path: place }, origin: null }
  }
  throw new Failure(
    'HR_ENDPOINT',
    l10n.t(
      '"{0}" is neither a URL nor a route. Write "GET /users/:userId" or http://localhost:3000/users.',
      text,
    ),
  )
}

function isMethod(text: string): text is Endpoint['method'] {
  return text !== 'ALL' && (httpMethods as readonly string[]).includes(text)
}
