import * as l10n from '@vscode/l10n'
import type { LoadEngine } from '../load/client.ts'
import type { Flow, LoadPlan, ParameterValues, RequestTemplate, RowRule } from '../model/load-plan.ts'
import type { Answer } from '../model/run.ts'
import { needsConsent } from './consent.ts'

type Plan = Required<Pick<LoadPlan, 'baseUrl' | 'flows' | 'transport' | 'timeoutMillis'>>

/** A plan whose answers are verified as far as they can be, and what is to be said about that. */
export interface VerifiedPlan<Verified extends Plan> {
  readonly plan: Verified
  /** One line for each request whose parameter has known rows. */
  readonly notes: readonly string[]
}

const samples = 5

/**
 * Finds out, before any load, whether requests answer with the rows that belong to a parameter's value (a user's
 * activities), whole or in pages: asks for a few values from the most to the fewest rows. Where all answers fit, every
 * answer under load has to. Where they don't, the endpoint answers something else, and its rows are not verified.
 */
export async function withRowRules<Verified extends Plan>(
  engine: Pick<LoadEngine, 'askEach'>,
  plan: Verified,
): Promise<VerifiedPlan<Verified>> {
  const notes: string[] = []
  const rules = new Map<RequestTemplate, Proven>()
  for (const flow of plan.flows) {
    for (const request of flow.requests) {
      const parameter = countedParameter(request)
      if (parameter === null) continue
      const proven = await provenRule(engine, plan, flow, { request, parameter })
      if (proven !== null) rules.set(request, proven)
      notes.push(noteOn(request, parameter, proven?.rule ?? null))
    }
  }
  const withRule = (request: RequestTemplate): RequestTemplate => {
    const proven = rules.get(request)
    if (proven === undefined) return request
    const { rule, coversMissing } = proven
    return { ...(coversMissing ? askingForMissing(request, rule) : request), rowRule: rule }
  }
  const flows = plan.flows.map((flow) => ({ ...flow, requests: flow.requests.map(withRule) }))
  return { plan: { ...plan, flows }, notes }
}

/** So many requests for values with rows come with each for one that nobody has: people mistype, but not often. */
const knownPerMissing = 49

/** Values that nobody has, after those that have rows, which are repeated where they are few: an answer to them holds none. */
function withMissing(parameter: ParameterValues | undefined) {
  const { values = [], rows = [], missing = [], source = '' } = parameter ?? {}
  const times = Math.max(1, Math.ceil((missing.length * knownPerMissing) / Math.max(1, values.length)))
  const repeated = <Item>(items: readonly Item[]): Item[] => Array.from({ length: times }, () => items).flat()
  return {
    values: [...repeated(values), ...missing],
    rows: [...repeated(rows), ...missing.map(() => 0)],
    source,
  }
}

function askingForMissing(request: RequestTemplate, { parameter }: RowRule): RequestTemplate {
  const { parameters } = request
  return { ...request, parameters: { ...parameters, [parameter]: withMissing(parameters[parameter]) } }
}

/** The parameter whose rows are known, of a request that may be sent before the load and has no rule of its own. */
function countedParameter({ method, parameters, expect }: RequestTemplate): string | null {
  if (needsConsent(method) || expect?.rows !== undefined) return null
  const counted = Object.entries(parameters).find(([, { rows, values }]) => rows?.length === values.length)
  return counted?.[0] ?? null
}

interface Proven {
  readonly rule: RowRule
  /** Whether a value that nobody has is answered as one without rows is. */
  readonly coversMissing: boolean
}

async function provenRule(
  engine: Pick<LoadEngine, 'askEach'>,
  { baseUrl, transport, timeoutMillis }: Plan,
  flow: Flow,
  { request, parameter }: { readonly request: RequestTemplate; readonly parameter: string },
): Promise<Proven | null> {
  const given: Partial<ParameterValues> = request.parameters[parameter] ?? {}
  const { values: counted = [], rows = [], missing: [missing] = [], source = '' } = given
  const values = [...counted, ...(missing === undefined ? [] : [missing])]
  const places = [...spreadPlaces(rows), ...(missing === undefined ? [] : [rows.length])]
  const before = flow.requests.slice(0, flow.requests.indexOf(request))
  const flows = places.map((place): Flow => {
    const only = { values: [values[place] ?? ''], source }
    const asked = { ...request, parameters: { ...request.parameters, [parameter]: only } }
    return { name: `${parameter} ${place}`, weight: 1, requests: [...before, asked] }
  })
  const answers = await engine.askEach({ baseUrl, flows, transport, timeoutMillis })
  const expected = places.map((place) => rows[place] ?? 0)
  const proven = (count: number): RowRule | null => {
    const atMost = pageOf(answers.slice(0, count), expected)
    return atMost === undefined ? null : { parameter, atMost }
  }
  const rule = proven(places.length)
  if (rule !== null) return { rule, coversMissing: true }
  const withoutMissing = missing === undefined ? null : proven(places.length - 1)
  return withoutMissing === null ? null : { rule: withoutMissing, coversMissing: false }
}

/** Places from the most rows to the fewest, evenly spread over all that are there. */
function spreadPlaces(rows: readonly number[]): number[] {
  const places = rows.map((_, place) => place).toSorted((one, other) => (rows[other] ?? 0) - (rows[one] ?? 0))
  const picked = Array.from(
    { length: samples },
    (_, n) => places[Math.round((n * (places.length - 1)) / (samples - 1))],
  )
  return [...new Set(picked)].filter((place) => place !== undefined)
}

/** The size of a page that explains all answers, null where they are whole; undefined where neither does. */
function pageOf(answers: readonly Answer[], expected: readonly number[]): number | null | undefined {
  const pairs = answers.map(({ kind, status, rows }, at) => {
    const wanted = expected[at] ?? 0
    const got = status === 404 && wanted === 0 ? 0 : kind === null ? rows : null
    return { wanted, got }
  })
  if (pairs.some(({ got }) => got === null)) return undefined
  if (pairs.every(({ wanted, got }) => wanted === got)) return null
  const page = Math.max(...pairs.map(({ got }) => got ?? 0))
  const cut = pairs.filter(({ wanted }) => wanted > page)
  const fits = pairs.every(({ wanted, got }) => got === Math.min(wanted, page))
  return fits && page > 0 && cut.length >= 2 ? page : undefined
}

function noteOn({ method, path }: RequestTemplate, parameter: string, rule: RowRule | null): string {
  const name = `${method} ${path}`
  if (rule === null)
    return l10n.t("{0}: its rows don't follow those of :{1}, so they are not verified.", name, parameter)
  return rule.atMost === null
    ? l10n.t('{0}: every answer must hold as many rows as belong to :{1}.', name, parameter)
    : l10n.t(
        '{0}: every answer must hold as many rows as belong to :{1}, at most {2}.',
        name,
        parameter,
        rule.atMost,
      )
}
