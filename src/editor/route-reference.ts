import { routeKey, type Route } from '../model/route.ts'

/** A route as commands pass it around: the URI of its workspace folder and its key. */
export interface RouteReference {
  readonly folder: string
  readonly route: string
}

/** The reference in a command's argument, or null where a command was called without one. */
export function asRouteReference(value: unknown): RouteReference | null {
  if (typeof value !== 'object' || value === null) return null
  const { folder, route } = value as Partial<Record<keyof RouteReference, unknown>>
  return typeof folder === 'string' && typeof route === 'string' ? { folder, route } : null
}

/** The route with a key, or null. */
export function findRoute(routes: readonly Route[], key: string): Route | null {
  return routes.find((route) => routeKey(route) === key) ?? null
}
