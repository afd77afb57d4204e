import type { Threshold } from '../model/budget.ts'
import { Failure } from '../model/failure.ts'
import type { Finding } from '../model/finding.ts'
import { httpMethods, parameterNames, routeKey, type HttpMethod, type Route } from '../model/route.ts'
import type { Run } from '../model/run.ts'
import { parseBudget } from '../verdict/budget.ts'
import { fromEnvironment, type ProjectConfig } from './config.ts'
import type { LoadTestRequest } from './load-test.ts'
import { resolveParameters, type ParameterSpec } from './parameters.ts'
import { findDatabase, withFactory } from './seed.ts'
import { projectEnvironment, type Target } from './target.ts'

export interface Endpoint {
  readonly method: Exclude<HttpMethod, 'ALL'>
  /** May hold `:name` parameters and a query string. */
  readonly path: string
}

/** What a face knows before a load test; everything optional falls back to the configuration. */
export interface LoadTestOrder {
  readonly root: string
  readonly config: ProjectConfig
  readonly target: Target
  readonly endpoint: Endpoint
  readonly routes: readonly Route[]
  readonly findings: readonly Finding[]
  readonly profile?: string
  readonly budget?: string
  readonly parameters?: Readonly<Record<string, ParameterSpec>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly database?: string
  readonly before?: Run
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
      return { endpoint: { method, path: decodeURI(url.pathname) + url.search }, origin: url.origin }
    }
    if (place.startsWith('/')) return { endpoint: { method, path: place }, origin: null }
  }
  throw new Failure(
    'HR_ENDPOINT',
    `"${text}" is neither a URL nor a route. Write "GET /users/:userId" or http://localhost:3000/users.`,
  )
}

function isMethod(text: string): text is Endpoint['method'] {
  return text !== 'ALL' && (httpMethods as readonly string[]).includes(text)
}

/** The route that serves an endpoint: the same pattern, or the pattern that a concrete path fits. */
export function matchRoute({ method, path }: Endpoint, routes: readonly Route[]): Route | null {
  const bare = path.replace(/\?.*$/, '')
  const candidates = routes.filter((route) => route.method === method || route.method === 'ALL')
  const fits = (route: Route): boolean => {
    const pattern = route.path.split('/')
    const parts = bare.split('/')
    return (
      pattern.length === parts.length && pattern.every((part, i) => part.startsWith(':') || part === parts[i])
    )
  }
  return candidates.find((route) => route.path === bare) ?? candidates.find(fits) ?? null
}

/** The name an endpoint's results go by: its route's key, or what was asked for where no route is known. */
function endpointKey({ endpoint, routes }: Pick<LoadTestOrder, 'endpoint' | 'routes'>): string {
  const route = matchRoute(endpoint, routes)
  return route === null ? `${endpoint.method} ${endpoint.path}` : routeKey(route)
}

/** The budget of an order: as given, else the route's own, else the project's. Throws `HR_BUDGET` when it doesn't parse. */
export function budgetOf(
  order: Pick<LoadTestOrder, 'endpoint' | 'routes' | 'config' | 'budget'>,
): Threshold[] {
  const { config } = order
  return parseBudget(order.budget ?? config.budgets[endpointKey(order)] ?? config.budget)
}

/**
 * Resolves an order into a request that can run: budget, parameter values, headers from the environment, row counts and
 * the route's findings. Nothing is sent. Throws the failure that names what is missing.
 */
export async function prepareLoadTest(order: LoadTestOrder): Promise<LoadTestRequest> {
  const { root, config, endpoint, target } = order
  const route = matchRoute(endpoint, order.routes)
  const key = endpointKey(order)
  const budget = budgetOf(order)
  if (['POST', 'PUT', 'PATCH'].includes(endpoint.method) && order.body === undefined) {
    throw new Failure('HR_BODY', `${key} needs a request body.`, {
      actions: [{ id: 'enter-body', title: 'Enter Body', commandLine: '--body file.json' }],
    })
  }
  const databaseUrl = await findDatabase(root, config, order.database)
  const names = parameterNames(endpoint.path)
  const configured = Object.entries(config.parameters).filter(([name]) => names.includes(name))
  const parameters = await resolveParameters(endpoint.path, {
    root,
    databaseUrl,
    given: { ...Object.fromEntries(configured), ...order.parameters },
  })
  return {
    root,
    route: key,
    file: route?.file ?? null,
    line: route?.line ?? null,
    baseUrl: target.baseUrl,
    port: target.port,
    request: {
      method: endpoint.method,
      path: endpoint.path,
      parameters,
      headers: await headersOf(order),
      body: order.body ?? null,
    },
    profile: order.profile ?? 'progressive',
    users: config.users,
    stepSeconds: config.stepSeconds,
    budget,
    timeoutMillis: config.timeoutSeconds * 1000,
    seed: 1,
    findings: order.findings.filter((finding) => finding.routes.includes(key)),
    rows: databaseUrl === null ? {} : await rowCounts(root, databaseUrl),
    before: order.before ?? null,
  }
}

async function headersOf({ root, config, headers, body }: LoadTestOrder): Promise<Record<string, string>> {
  const environment = await projectEnvironment(root)
  const all = { ...config.headers, ...headers }
  const resolved = Object.entries(all).map(([name, value]) => [
    name.toLowerCase(),
    fromEnvironment(value, environment),
  ])
  return {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...Object.fromEntries(resolved),
  }
}

/** Rows by table, for the run's conditions; a database that can't be read only leaves them unknown. */
async function rowCounts(root: string, databaseUrl: string): Promise<Record<string, number>> {
  try {
    const schema = await withFactory(root, databaseUrl, (factory) => factory.schema())
    return Object.fromEntries(schema.tables.map((table) => [table.name, table.rowCount]))
  } catch (error) {
    if (error instanceof Failure) return {}
    throw error
  }
}
