import { Topic } from '../../memo.ts'
import type { Resolver } from '../../resolver.ts'
import type { Framework, RequestPart, RouteDefinition } from '../framework.ts'
import { rememberHandlers } from './request-input.ts'
import { rememberCopies, withCopies, type CheckedCopies } from './request-schemas.ts'

/** The routes that a framework's adapter found. */
export interface FoundRoutes {
  readonly framework: Framework
  readonly routes: readonly RouteDefinition[]
}

interface Found {
  readonly routes: readonly RouteDefinition[]
  readonly copies: CheckedCopies
}

const found = new Topic<Found>({ routes: [], copies: new Map() })

/**
 * Finds the routes of some frameworks, and takes note of what tells what their handlers read of a request. A framework
 * whose adapter fails has none.
 */
export function findRoutes(
  frameworks: readonly Framework[],
  resolver: Resolver,
  onError: (framework: Framework, error: unknown) => void,
): FoundRoutes[] {
  const copies = new Map<string, RequestPart | 'all'>()
  const all = frameworks.map((framework): FoundRoutes => {
    try {
      const { routes, copies: own } = resolver.remember(found, framework.id, () => find(framework, resolver))
      for (const [path, part] of own) copies.set(path, part)
      return { framework, routes }
    } catch (error) {
      onError(framework, error)
      return { framework, routes: [] }
    }
  })
  const routes = all.flatMap((each) => [...each.routes])
  rememberHandlers(resolver, routes)
  rememberCopies(resolver, copies)
  return all
}

function find(framework: Framework, resolver: Resolver): Found {
  const { program } = resolver
  const { mentioned } = framework
  if (mentioned !== undefined && program.filesWith(mentioned).length === 0) return found.unknown
  const { result, copies } = withCopies(resolver, () => framework.routes(program, resolver))
  return { routes: result, copies }
}
