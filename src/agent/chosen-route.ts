import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { Finding } from '../model/finding.ts'
import { routeKey, type Route } from '../model/route.ts'
import { parseEndpoint, type Endpoint } from '../workflows/endpoint.ts'
import { matchRoute } from '../workflows/prepare.ts'
import { oneLine } from './one-line.ts'

/** The endpoint that a model means. `key` is the name of the route that serves it. */
export interface ChosenRoute {
  readonly endpoint: Endpoint
  readonly route: Route
  readonly key: string
}

/**
 * The route of this project that a text such as `GET /users/:userId` or `GET /users/1` means. Throws `HR_ROUTE` for URLs, so
 * that where load goes is never a model's to say, and where the project has no such route; `HR_ROUTE_NAME` where several are meant; `HR_ENDPOINT` for other texts.
 */
export function chooseRoute(text: string, routes: readonly Route[]): ChosenRoute {
  if (/:\/\/|^\s*(?:\w+\s+)?\/\//.test(text)) {
    throw new Failure(
      'HR_ROUTE',
      l10n.t(
        'Name a route such as "GET /users/:userId", not a URL: where the server listens is said by headroom.config.json.',
      ),
    )
  }
  const listed = routeListedAs(oneLine(text), routes)
  if (listed !== null) return listed
  const { endpoint } = parseEndpoint(asRequest(oneLine(text)))
  const route = matchRoute(endpoint, routes)
  if (route === null) {
    throw new Failure('HR_ROUTE', l10n.t('There is no route "{0}" in this project.', oneLine(text)))
  }
  return { endpoint, route, key: routeKey(route) }
}

/** The route whose key is this one in an answer, where a long or odd key is changed; null where there is none. */
function routeListedAs(name: string, routes: readonly Route[]): ChosenRoute | null {
  const [route, ...others] = routes.filter((each) => oneLine(routeKey(each)) === name)
  if (route === undefined) return null
  const key = routeKey(route)
  if (others.some((other) => routeKey(other) !== key)) {
    throw new Failure('HR_ROUTE_NAME', l10n.t('Several routes are called "{0}" where names are cut.', name))
  }
  return { endpoint: { method: route.method === 'ALL' ? 'GET' : route.method, path: route.path }, route, key }
}

/** Throws `HR_ROUTE_NAME` where a route's key, as the request that is sent to it, would be read as another one. */
export function throwUnlessSendable({ key, route }: ChosenRoute): void {
  if (/^\S+ \S+$/.test(key) && route.path.startsWith('/')) return
  throw new Failure(
    'HR_ROUTE_NAME',
    l10n.t('The path of "{0}" holds characters that can\'t be sent as it stands.', oneLine(key)),
  )
}

/** A route's key as the request that is sent to it: a handler of all methods is asked with GET. */
export function asRequest(key: string): string {
  return key.replace(/^ALL /, 'GET ')
}

/** The findings that a route reaches. */
export function findingsOf(key: string, findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ routes }) => routes.includes(key))
}
