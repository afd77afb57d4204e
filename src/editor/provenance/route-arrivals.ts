import { routeKey, type Route } from '../../model/route.ts'

interface Known {
  readonly route: Route
  /** `pending`: it has just appeared, and nobody knows yet whether somebody wrote it or git brought it. */
  readonly state: 'old' | 'pending' | 'new'
}

/**
 * Tells which routes of a project are new, from one list of routes to the next. What the first list holds isn't; neither is a
 * route that is back after its file didn't parse, nor one that got another path, method or file.
 */
export class RouteArrivals {
  readonly #known = new Map<string, Known>()
  #current: ReadonlySet<string> = new Set()
  #begun = false

  /** The keys of the routes that are new, as long as they are there. */
  get arrived(): string[] {
    return [...this.#current].filter((key) => this.#known.get(key)?.state === 'new')
  }

  /** Whether {@link settle} has something to decide. */
  get isPending(): boolean {
    return [...this.#known.values()].some(({ state }) => state === 'pending')
  }

  /** Takes the routes as they are now. */
  take(routes: readonly Route[]): void {
    const now = new Map(routes.map((route) => [routeKey(route), route]))
    for (const [key, route] of now) {
      const known = this.#known.get(key)
      if (known !== undefined) this.#known.set(key, { ...known, route })
      else this.#known.set(key, { route, state: this.#begun ? this.#inherited(route, now) : 'old' })
    }
    this.#current = new Set(now.keys())
    this.#begun = true
  }

  /** Decides on all routes that are pending: whether they are new. */
  settle(isNew: boolean): void {
    for (const [key, { route, state }] of this.#known) {
      if (state === 'pending') this.#known.set(key, { route, state: isNew ? 'new' : 'old' })
    }
  }

  /** Says that somebody has looked at a route: it is new no more. True where it was. */
  see(key: string): boolean {
    const known = this.#known.get(key)
    if (known?.state !== 'new') return false
    this.#known.set(key, { ...known, state: 'old' })
    return true
  }

  /** A route that stands where another one stood that is gone was renamed: it is as new as that one was. */
  #inherited(route: Route, now: ReadonlyMap<string, Route>): Known['state'] {
    for (const [key, known] of this.#known) {
      if (now.has(key) || !standsInPlaceOf(route, known.route)) continue
      this.#known.delete(key)
      return known.state
    }
    return 'pending'
  }
}

/** The same lines of the same file; or of another one, where a file's place is its route's path. */
function standsInPlaceOf(route: Route, gone: Route): boolean {
  if (route.line !== gone.line || route.endLine !== gone.endLine) return false
  return route.file === gone.file || route.method === gone.method
}
