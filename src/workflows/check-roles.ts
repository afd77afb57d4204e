import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as l10n from '@vscode/l10n'
import { startLoadEngine } from '../load/client.ts'
import { Failure, failureData } from '../model/failure.ts'
import type { Flow } from '../model/load-plan.ts'
import {
  accessOutcomes,
  type AccessBaseline,
  type AccessCell,
  type AccessOutcome,
  type RoleMatrix,
} from '../model/role-matrix.ts'
import { routeKey, type Route } from '../model/route.ts'
import type { Answer } from '../model/run.ts'
import { fromEnvironment, type ProjectConfig } from './config.ts'
import { needsConsent } from './consent.ts'
import { projectEnvironment } from './env-files.ts'
import { outlineRequest, placeholdersIn, type Outline } from './flows.ts'
import { resolveParameters } from './parameters.ts'
import { writeWhole } from './whole-file.ts'
import { findDatabase } from './project-database.ts'
import { bringUp, findTarget } from './target.ts'

export const baselineFileName = 'headroom.roles.json'

export interface RoleCheck {
  readonly root: string
  readonly config: ProjectConfig
  readonly routes: readonly Route[]
  /** Whether starting the dev server is agreed to. */
  readonly start: boolean
  /** Whether requests that change data are agreed to. */
  readonly writes: boolean
  readonly database?: string
}

/**
 * Asks for every route once as every role of the configuration, one request at a time, and holds what came back against
 * the committed matrix. Routes whose requests change data, or whose parameters have no values, are listed as not checked.
 * Throws `HR_ROLES` where no roles are configured, `HR_FLOW` where a role can't log in, and what finding or starting the
 * server throws. `onRole` hears of each role before its requests.
 */
export async function checkRoles(
  check: RoleCheck,
  onRole: (role: string) => void,
  signal: AbortSignal,
): Promise<RoleMatrix> {
  const { root, config } = check
  const roles = Object.keys(config.roles)
  if (roles.length === 0) throw noRoles()
  const before = await readBaseline(root)
  const { requests, notChecked } = await requestsOf(check)
  const found = await findTarget(root, config)
  const activity = { start: check.start, signal, onActivity: onRole }
  const { target, server } = await bringUp(root, found, activity)
  const engine = startLoadEngine()
  const stop = (): void => void engine.stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const cells: AccessCell[] = []
    for (const role of roles) {
      onRole(role)
      const flows = await flowsOf(role, requests, check)
      const transport = { protocol: config.http2 ? 'http2' : 'http1', connection: 'keep-alive' } as const
      const timeoutMillis = config.timeoutSeconds * 1000
      const asked = engine.askEach({ baseUrl: target.baseUrl, flows, transport, timeoutMillis })
      const answers = await asked.catch((error: unknown) => {
        const { code, message, exitCode } = failureData(error)
        throw new Failure(code, l10n.t('As {0}: {1}', role, message), { exitCode })
      })
      cells.push(...answers.map((answer, at) => cellOf(role, requests[at]?.route ?? '', answer, before)))
    }
    return {
      schema: 'headroom.roles/1',
      roles,
      routes: requests.map(({ route }) => route),
      cells,
      notChecked,
    }
  } finally {
    signal.removeEventListener('abort', stop)
    await engine.dispose()
    await server?.stop()
  }
}

/** Cells that are not as committed; none where nothing is committed. */
export function changedCells({ cells }: RoleMatrix): readonly AccessCell[] {
  return cells.filter(({ outcome, before }) => before !== null && before !== outcome)
}

/** Writes the matrix down to be committed; routes that were not checked keep what was known of them. Gives the file. */
export async function writeBaseline(root: string, { cells }: RoleMatrix): Promise<string> {
  const matrix: Record<string, Record<string, AccessOutcome>> = {}
  for (const [route, outcomes] of Object.entries(await readBaseline(root))) matrix[route] = { ...outcomes }
  for (const { route, role, outcome } of cells) (matrix[route] ??= {})[role] = outcome
  const sorted = Object.fromEntries(
    Object.entries(matrix).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  )
  const file = join(root, baselineFileName)
  await writeWhole(file, `${JSON.stringify(sorted, null, 2)}\n`)
  return file
}

async function readBaseline(root: string): Promise<AccessBaseline> {
  const text = await readFile(join(root, baselineFileName), 'utf8').catch(() => '{}')
  const matrix = parsed(text)
  if (matrix !== null) return matrix
  throw new Failure(
    'HR_ROLES',
    l10n.t('{0} is not a role matrix. Restore it, or delete it and use --write.', baselineFileName),
  )
}

function parsed(text: string): AccessBaseline | null {
  try {
    const value: AccessBaseline = JSON.parse(text)
    const outcomes = Object.values(value).flatMap((byRole) => Object.values(byRole))
    return outcomes.every((outcome) => accessOutcomes.includes(outcome)) ? value : null
  } catch {
    return null
  }
}

interface RouteRequest {
  readonly route: string
  readonly request: Flow['requests'][number]
}

/** One request for each route that can be asked for; every parameter has one value, so that each run asks the same. */
async function requestsOf(
  check: RoleCheck,
): Promise<{ requests: RouteRequest[]; notChecked: RoleMatrix['notChecked'] }> {
  const requests: RouteRequest[] = []
  const notChecked: { route: string; reason: string }[] = []
  const keys = new Set<string>()
  for (const route of check.routes) {
    const key = routeKey(route)
    if (keys.has(key) || route.method === 'OPTIONS') continue
    keys.add(key)
    const method = route.method === 'ALL' ? 'GET' : route.method
    if (needsConsent(method) && !check.writes) {
      notChecked.push({ route: key, reason: l10n.t('its requests change data: --yes sends them') })
      continue
    }
    try {
      const outline = { method, path: route.path, headers: {}, body: needsConsent(method) ? '{}' : null }
      requests.push({ route: key, request: await withOneValue(outline, check) })
    } catch (error) {
      notChecked.push({ route: key, reason: failureData(error).message })
    }
  }
  return { requests, notChecked }
}

async function withOneValue(outline: Outline, check: RoleCheck): Promise<Flow['requests'][number]> {
  const { root, config } = check
  const names = placeholdersIn(outline)
  const given = Object.fromEntries(Object.entries(config.parameters).filter(([name]) => names.includes(name)))
  const wanted = names.map((name) => ({ name, path: outline.path }))
  const databaseUrl = await findDatabase(root, config, check.database)
  const values = await resolveParameters(wanted, { root, databaseUrl, given })
  const one = Object.entries(values).map(([name, { values: all, source }]) => [
    name,
    { values: all.slice(0, 1), source },
  ])
  return { ...outline, parameters: Object.fromEntries(one) }
}

/** Every request after the role's log-in, which is sent once, and with the role's headers. */
async function flowsOf(role: string, requests: readonly RouteRequest[], check: RoleCheck): Promise<Flow[]> {
  const { root, config } = check
  const environment = await projectEnvironment(root)
  const { login = [], headers: own = {} } = config.roles[role] ?? {}
  const headers = Object.fromEntries(
    Object.entries(own).map(([name, value]) => [name.toLowerCase(), fromEnvironment(value, environment)]),
  )
  const steps: Flow['requests'][number][] = []
  for (const request of login) {
    const outline = outlineRequest(request, { headers: {}, environment, config })
    steps.push({ ...(await withOneValue(outline, check)), once: true })
  }
  return requests.map(({ route, request }) => ({
    name: route,
    weight: 1,
    requests: [...steps, { ...request, headers: { ...bodyType(request.body), ...headers } }],
  }))
}

function bodyType(body: string | null): Record<string, string> {
  return body === null ? {} : { 'content-type': 'application/json' }
}

function cellOf(role: string, route: string, answer: Answer, before: AccessBaseline): AccessCell {
  return {
    role,
    route,
    status: answer.status,
    outcome: outcomeOf(answer),
    before: before[route]?.[role] ?? null,
  }
}

function outcomeOf({ status, kind, redirected }: Answer): AccessOutcome {
  if (kind === 'redirect' || redirected) return 'refused'
  if (status === null || status >= 500) return 'failed'
  if (status === 401 || status === 403) return 'refused'
  if (status === 404) return 'not-found'
  return status >= 400 ? 'rejected' : 'allowed'
}

function noRoles(): Failure {
  return new Failure(
    'HR_ROLES',
    l10n.t(
      'No roles are configured. Say in "roles" of headroom.config.json how each one logs in: { "admin": { "headers": { "authorization": "Bearer ${env:ADMIN_TOKEN}" } }, "anonymous": {} }.',
    ),
    { actions: [{ id: 'open-config', title: l10n.t('Open Configuration') }] },
  )
}
