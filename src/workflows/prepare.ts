import * as l10n from '@vscode/l10n'
import { findProfile } from '../load/profiles/index.ts'
import type { BudgetSource, Threshold } from '../model/budget.ts'
import { Failure } from '../model/failure.ts'
import type { Finding } from '../model/finding.ts'
import type { Flow, LoadPlan, ParameterValues } from '../model/load-plan.ts'
import { routeClass } from '../model/route-class.ts'
import { parameterNames, routeKey, type Route } from '../model/route.ts'
import type { Run } from '../model/run.ts'
import type { VolumePlan } from '../model/volume.ts'
import { parseBudget } from '../verdict/budget.ts'
import { fromEnvironment, type ProjectConfig } from './config.ts'
import { needsConsent, unsafeMethod } from './consent.ts'
import type { Endpoint } from './endpoint.ts'
import { projectEnvironment } from './env-files.ts'
import {
  outlineFlows,
  parseThinkTime,
  placeholdersIn,
  withoutUndefined,
  type Outline,
  type OutlinedFlow,
} from './flows.ts'
import type { LoadTestRequest } from './load-test.ts'
import { resolveParameters, type NeededParameter, type ParameterSpec } from './parameters.ts'
import { plannedSteps } from './profiles.ts'
import { findDatabase, withFactory } from './project-database.ts'
import type { Target } from './target.ts'

/** What a developer says of a volume sweep; everything optional is found out. */
export interface VolumeChoices {
  /** The table that grows. */
  readonly table?: string
  readonly rowsAt?: readonly number[]
  /** Tables that grow with it: rows for each of its new rows. */
  readonly per?: Readonly<Record<string, number>>
  /** Whether the rows are taken back at the end. */
  readonly undoAfter?: boolean
}

/** What a face knows before a load test; everything optional falls back to the configuration. */
export interface LoadTestOrder {
  readonly root: string
  readonly config: ProjectConfig
  readonly target: Target
  readonly endpoint: Endpoint
  readonly routes: readonly Route[]
  readonly findings: readonly Finding[]
  /** The tables that each route reads, by route key. */
  readonly reads?: Readonly<Record<string, readonly string[]>>
  readonly profile?: string
  readonly budget?: string
  readonly parameters?: Readonly<Record<string, ParameterSpec>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly database?: string
  readonly before?: Run
  /** Flows of the configuration that users do; without any, they repeat the endpoint. */
  readonly flows?: readonly string[]
  /** Whether requests that change data, and rows that a volume sweep adds, are agreed to. */
  readonly writes?: boolean
  readonly volume?: VolumeChoices
  /** What a volume sweep has been found to do. */
  readonly growth?: VolumePlan
  /** A plan to send once more: its steps, and its parameter values where other ones would be drawn now. */
  readonly repeat?: LoadPlan
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
export function endpointKey({ endpoint, routes }: Pick<LoadTestOrder, 'endpoint' | 'routes'>): string {
  const route = matchRoute(endpoint, routes)
  return route === null ? `${endpoint.method} ${endpoint.path}` : routeKey(route)
}

/**
 * The budget of an order: as given, else the route's own, else that of its class, else the project's. Throws `HR_BUDGET`
 * when it doesn't parse.
 */
export function budgetOf(order: Pick<LoadTestOrder, 'endpoint' | 'routes' | 'config' | 'budget' | 'reads'>): {
  readonly budget: Threshold[]
  readonly budgetSource: BudgetSource
} {
  const { config, endpoint } = order
  const key = endpointKey(order)
  const own = config.budgets[key]
  const name = routeClass(matchRoute(endpoint, order.routes) ?? endpoint, order.reads?.[key] ?? null)
  const ofClass = name === 'other' ? undefined : config.budgetClasses[name]
  const choices: readonly (readonly [string | undefined, BudgetSource])[] = [
    [order.budget, 'order'],
    [own, 'route'],
    ...(name === 'other' ? [] : [[ofClass, name] as const]),
  ]
  const [text = config.budget, budgetSource = 'project'] =
    choices.find(([budget]) => budget !== undefined) ?? []
  return { budget: parseBudget(text), budgetSource }
}

/**
 * Resolves an order into a request that can run: budget, flows, parameter values, headers from the environment, row
 * counts and the route's findings. Nothing is sent. Throws the failure that names what is missing.
 */
export async function prepareLoadTest(order: LoadTestOrder): Promise<LoadTestRequest> {
  const { root, config, target } = order
  const route = matchRoute(order.endpoint, order.routes)
  const key = endpointKey(order)
  const environment = await projectEnvironment(root)
  const headers = headersOf(order, environment)
  const endpoint = outlineOf(order, key, headers)
  const outlines = outlineFlows({ config, names: order.flows ?? [], endpoint, headers, environment })
  const writes = outlines.flatMap((flow) => flow.requests).find(({ method }) => needsConsent(method))
  if (writes !== undefined && order.writes !== true) throw unsafeMethod(`${writes.method} ${writes.path}`)
  const databaseUrl = await findDatabase(root, config, order.database)
  const flows = await withValues(outlines, order, databaseUrl)
  const requests = flows.flatMap((flow) => flow.requests)
  const request = requests.find(({ method, path }) => method === endpoint.method && path === endpoint.path)
  if (request === undefined) throw new Error('The flows were outlined with the endpoint in them.')
  return {
    root,
    route: key,
    file: route?.file ?? null,
    line: route?.line ?? null,
    port: target.port,
    plan: {
      baseUrl: target.baseUrl,
      request,
      flows,
      ...(config.thinkTime === undefined ? {} : { thinkTime: parseThinkTime(config.thinkTime) }),
      transport: {
        protocol: config.http2 ? 'http2' : 'http1',
        connection: config.newConnections ? 'new' : 'keep-alive',
      },
      limits: { maxInFlight: config.maxInFlight, maxRequests: config.maxRequests },
      ...profileOf(order),
      ...budgetOf(order),
      timeoutMillis: config.timeoutSeconds * 1000,
      seed: 1,
    },
    findings: order.findings.filter((finding) => finding.routes.includes(key)),
    rows: databaseUrl === null ? {} : await rowCounts(root, databaseUrl, order.database !== undefined),
    before: order.before ?? null,
  }
}

/** Profile, model and steps; throws `HR_PROFILE`, and `HR_IN_FLIGHT` where a step asks for more than is allowed. */
function profileOf({
  profile: id = 'progressive',
  config,
  growth,
  repeat,
}: LoadTestOrder): Pick<LoadPlan, 'profile' | 'model' | 'steps' | 'volume'> {
  if (repeat !== undefined && growth === undefined) {
    return { profile: repeat.profile, model: repeat.model, steps: repeat.steps }
  }
  const profile = findProfile(id)
  const steps = plannedSteps(
    id,
    growth === undefined ? config : { ...config, rowsAt: [...growth.levels] },
  ).map((step) =>
    step.rate === undefined ? step : { ...step, users: Math.min(step.users, config.maxInFlight) },
  )
  const most = Math.max(...steps.map(({ users }) => users))
  if (most > config.maxInFlight) {
    throw new Failure(
      'HR_IN_FLIGHT',
      l10n.t(
        '{0} users are more than the {1} requests that "maxInFlight" allows at the same time.',
        most,
        config.maxInFlight,
      ),
    )
  }
  const volume = growth === undefined ? {} : { volume: growth }
  return { profile: profile.id, model: profile.model, steps, ...volume }
}

function outlineOf(
  { endpoint, config, body }: LoadTestOrder,
  key: string,
  headers: Readonly<Record<string, string>>,
): Outline {
  if (['POST', 'PUT', 'PATCH'].includes(endpoint.method) && body === undefined) {
    throw new Failure('HR_BODY', l10n.t('{0} needs a request body.', key), {
      actions: [{ id: 'enter-body', title: l10n.t('Enter Body'), commandLine: '--body file.json' }],
    })
  }
  const expect = config.expect[key]
  return {
    method: endpoint.method,
    path: endpoint.path,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    body: body ?? null,
    ...(expect === undefined ? {} : { expect: withoutUndefined(expect) }),
  }
}

function headersOf(
  { config, headers }: LoadTestOrder,
  environment: NodeJS.ProcessEnv,
): Record<string, string> {
  const all = { ...config.headers, ...headers }
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => [name.toLowerCase(), fromEnvironment(value, environment)]),
  )
}

/** Fills in values for every name that no earlier request of its flow captures. */
async function withValues(
  outlines: readonly OutlinedFlow[],
  { root, config, parameters: given, repeat }: LoadTestOrder,
  databaseUrl: string | null,
): Promise<Flow[]> {
  const known = Object.keys({ ...config.parameters, ...given })
  const wanted: NeededParameter[] = []
  for (const { requests } of outlines) {
    const captured = new Set<string>()
    for (const request of requests) {
      const names = placeholdersIn(request, known).filter((name) => !captured.has(name))
      wanted.push(...names.map((name) => ({ name, path: request.path })))
      for (const name of Object.keys(request.captures ?? {})) captured.add(name)
    }
  }
  const names = new Set(wanted.map(({ name }) => name))
  const configured = Object.entries(config.parameters).filter(([name]) => names.has(name))
  const values = await resolveParameters(wanted, {
    root,
    databaseUrl,
    given: { ...Object.fromEntries(configured), ...given },
  })
  return outlines.map((flow) => ({
    ...flow,
    requests: flow.requests.map((request) => ({
      ...request,
      parameters: asBefore(valuesFor(request, values), request, repeat),
    })),
  }))
}

/** Equal values are kept as they are drawn now, with what is known of their rows; a run file doesn't have that. */
function asBefore(
  values: Readonly<Record<string, ParameterValues>>,
  { path }: Outline,
  repeat: LoadPlan | undefined,
): Record<string, ParameterValues> {
  const earlier = repeat?.request.path === path ? repeat.request.parameters : {}
  const inPath = parameterNames(path)
  const entries = Object.entries(values).map(([name, now]): [string, ParameterValues] => {
    const before = earlier[name]
    const same = before === undefined || !inPath.includes(name) || equal(before.values, now.values)
    return [name, same ? now : { values: before.values, source: before.source }]
  })
  return Object.fromEntries(entries)
}

function equal(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((value, index) => value === others[index])
}

function valuesFor(
  request: Outline,
  values: Readonly<Record<string, ParameterValues>>,
): Record<string, ParameterValues> {
  const entries = placeholdersIn(request, Object.keys(values)).flatMap(
    (name): [string, ParameterValues][] => {
      const found = values[name]
      return found === undefined ? [] : [[name, found]]
    },
  )
  return Object.fromEntries(entries)
}

/** Rows by table, for the run's conditions; one that nobody named and that can't be read only leaves them unknown. */
async function rowCounts(
  root: string,
  databaseUrl: string,
  isGiven: boolean,
): Promise<Record<string, number>> {
  try {
    const schema = await withFactory(root, databaseUrl, (factory) => factory.schema())
    return Object.fromEntries(schema.tables.map((table) => [table.name, table.rowCount]))
  } catch (error) {
    if (error instanceof Failure && !isGiven) return {}
    throw error
  }
}
