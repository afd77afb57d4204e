import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { Flow, RequestTemplate, ThinkTime } from '../model/load-plan.ts'
import { parameterNames } from '../model/route.ts'
import { fromEnvironment, type ProjectConfig } from './config.ts'
import { parseEndpoint } from './endpoint.ts'
import type { FlowRequestConfig } from './load-fields.ts'

/** A request without its parameters' values: what is known before the database is asked. */
export type Outline = Omit<RequestTemplate, 'parameters'>

export interface OutlinedFlow {
  readonly name: string
  readonly weight: number
  readonly requests: readonly Outline[]
}

export interface FlowChoice {
  readonly config: ProjectConfig
  /** Flows of the configuration, by name; without any, users repeat the endpoint. */
  readonly names: readonly string[]
  readonly endpoint: Outline
  readonly headers: Readonly<Record<string, string>>
  readonly environment: NodeJS.ProcessEnv
}

/**
 * What users do: the chosen flows of the configuration, or the endpoint alone, after the log-in where there is one.
 * Throws `HR_FLOW` for a name that isn't there and for flows that never ask for the endpoint.
 */
export function outlineFlows(choice: FlowChoice): OutlinedFlow[] {
  const { config, names, endpoint } = choice
  const login = config.login.map((request) => ({ ...outlineRequest(request, choice), once: true as const }))
  const chosen = names.map((name): OutlinedFlow => {
    const flow = config.flows[name]
    if (flow === undefined) throw unknownFlow(name, Object.keys(config.flows))
    const requests = flow.requests.map((request) => outlineRequest(request, choice))
    return { name, weight: flow.weight, requests: withoutEarlyHeaders([...login, ...requests]) }
  })
  if (names.length === 0) {
    return [{ name: nameOf(endpoint), weight: 1, requests: withoutEarlyHeaders([...login, endpoint]) }]
  }
  if (!chosen.some((flow) => flow.requests.some((request) => isSame(request, endpoint)))) {
    const asked = chosen.flatMap((flow) => flow.requests.map(nameOf)).join(', ')
    throw new Failure(
      'HR_FLOW',
      l10n.t(
        'No chosen flow asks for {0}, which the result would be named after. They ask for {1}.',
        nameOf(endpoint),
        asked,
      ),
    )
  }
  return chosen
}

/** Headers that hold what a request captures, such as the log-in's token, are left out until it has been captured. */
function withoutEarlyHeaders(requests: readonly Outline[]): Outline[] {
  const pending = new Set(requests.flatMap(({ captures }) => Object.keys(captures ?? {})))
  return requests.map((request) => {
    const headers = Object.entries(request.headers).filter(
      ([, value]) => !namesIn(value).some((name) => pending.has(name)),
    )
    for (const name of Object.keys(request.captures ?? {})) pending.delete(name)
    return { ...request, headers: Object.fromEntries(headers) }
  })
}

/** The first flow that asks for the endpoint, up to there: what one user does to see it answered once. */
export function flowToEndpoint(flows: readonly Flow[], endpoint: RequestTemplate): Flow[] {
  for (const flow of flows) {
    const at = flow.requests.findIndex((request) => isSame(request, endpoint))
    if (at >= 0) return [{ ...flow, requests: flow.requests.slice(0, at + 1) }]
  }
  return [{ name: nameOf(endpoint), weight: 1, requests: [endpoint] }]
}

/**
 * The names that a request draws values for: `:name` in its path, `{{name}}` in headers and body. In the query string
 * only `given` ones are names: the others are text, as in `?sort=name:asc`.
 */
export function placeholdersIn({ path, headers, body }: Outline, given: readonly string[] = []): string[] {
  const [pathname = '', ...query] = path.split('?')
  const inQuery = parameterNames(query.join('?')).filter((name) => given.includes(name))
  const texts = [...Object.values(headers), body ?? '']
  return [...new Set([...parameterNames(pathname), ...inQuery, ...texts.flatMap(namesIn)])]
}

function namesIn(text: string): string[] {
  return [...text.matchAll(/\{\{\s*([A-Za-z_]\w*)\s*\}\}/g)].map(([, name = '']) => name)
}

/** Reads `1s` or `500ms-2s`, as the configuration's schema has checked it. */
export function parseThinkTime(text: string): ThinkTime {
  const [from = '', to = from] = text.split('-').map((part) => part.trim())
  const [one, other] = [millisOf(from), millisOf(to)]
  return { minMillis: Math.min(one, other), maxMillis: Math.max(one, other) }
}

const millisPer: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 }

function millisOf(text: string): number {
  const [, number, unit = 's'] = /^([\d.]+)(ms|s|m)$/.exec(text) ?? []
  return Number(number ?? 0) * (millisPer[unit] ?? 0)
}

/** A request of the configuration with the common headers; its secrets are read from the environment. */
export function outlineRequest(
  request: FlowRequestConfig,
  { headers, environment, config }: Pick<FlowChoice, 'headers' | 'environment' | 'config'>,
): Outline {
  const { endpoint } = parseEndpoint(request.request)
  const own = Object.entries(request.headers).map(([name, value]) => [
    name.toLowerCase(),
    fromEnvironment(value, environment),
  ])
  const body = bodyOf(request, environment)
  const expect = request.expect ?? config.expect[request.request]
  return {
    ...endpoint,
    headers: {
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...headers,
      ...Object.fromEntries(own),
    },
    body,
    ...(expect === undefined ? {} : { expect: withoutUndefined(expect) }),
    ...(request.capture === undefined ? {} : { captures: request.capture }),
    ...(request.once === true ? { once: true } : {}),
  }
}

/** A body with its secrets: JSON's are filled in before it is written, so that a quote in one doesn't end its string. */
function bodyOf({ body }: FlowRequestConfig, environment: NodeJS.ProcessEnv): string | null {
  if (body === undefined) return null
  if (typeof body === 'string') return fromEnvironment(body, environment)
  return JSON.stringify(body, (_, value: unknown) =>
    typeof value === 'string' ? fromEnvironment(value, environment) : value,
  )
}

/** The same without keys that hold nothing, as plain data wants it. */
export function withoutUndefined(
  expect: NonNullable<FlowRequestConfig['expect']>,
): NonNullable<RequestTemplate['expect']> {
  return JSON.parse(JSON.stringify(expect))
}

function isSame(one: Outline, other: Outline): boolean {
  return one.method === other.method && one.path === other.path
}

function nameOf({ method, path }: Outline): string {
  return `${method} ${path}`
}

function unknownFlow(name: string, known: readonly string[]): Failure {
  return new Failure(
    'HR_FLOW',
    known.length === 0
      ? l10n.t('headroom.config.json has no flow `{0}`. It has none.', name)
      : l10n.t('headroom.config.json has no flow `{0}`. It has {1}.', name, known.join(', ')),
  )
}
