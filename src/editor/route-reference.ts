import { routeKey, type Route } from '../model/route.ts'

/** A workspace folder as commands pass it around, by its URI. */
export interface FolderReference {
  readonly folder: string
}

/** A route as commands pass it around: the URI of its workspace folder and its key. */
export interface RouteReference extends FolderReference {
  readonly route: string
}

/** The reference in a command's argument, or null where a command was called without one. */
export function asRouteReference(value: unknown): RouteReference | null {
  if (typeof value !== 'object' || value === null) return null
  const { folder, route } = value as Partial<Record<keyof RouteReference, unknown>>
  return typeof folder === 'string' && typeof route === 'string' ? { folder, route } : null
}

/** The folder in a command's argument, where it names one. */
export function folderOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('folder' in value)) return undefined
  return typeof value.folder === 'string' ? value.folder : undefined
}

/** The route with a key, or null. */
export function findRoute(routes: readonly Route[], key: string): Route | null {
  return routes.find((route) => routeKey(route) === key) ?? null
}
