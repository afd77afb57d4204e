import type { Location } from './source.ts'

export const httpMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'ALL'] as const
export type HttpMethod = (typeof httpMethods)[number]

/** One HTTP endpoint: `path` is the full path with all prefixes, parameters written `:name`. */
export interface Route extends Location {
  readonly method: HttpMethod
  readonly path: string
  readonly endLine: number
  /** Names of the parameters in the path, in order. */
  readonly parameters: readonly string[]
  /** Where the function that answers stands, or null where it couldn't be followed. */
  readonly handler: (Location & { readonly endLine: number }) | null
  readonly framework: string
  readonly language: 'typescript' | 'javascript'
  /** Who is known, or supposed, to have written its handler, in words: `AI-inserted (Claude Code hook)`. */
  readonly provenance?: string
}

/** The name people and reports use for a route: `GET /users/:userId`. */
export function routeKey(route: Pick<Route, 'method' | 'path'>): string {
  return `${route.method} ${route.path}`
}

/** The parameter names in a path, in order: `/users/:userId/posts/:id` gives `['userId', 'id']`. */
export function parameterNames(path: string): string[] {
  return [...path.matchAll(/:([A-Za-z_][A-Za-z0-9_]*)/g)].map((match) => match[1] ?? '')
}
