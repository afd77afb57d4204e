import type { Flow, RequestTemplate } from '../model/load-plan.ts'
import { answerCheck, readsBody, type AnswerCheck } from './answer-check.ts'
import { jsonPath, type JsonPath } from './json-path.ts'
import { seededRandom } from './random.ts'
import { requestSource, type Captured, type RequestSource } from './request-source.ts'

/** A request of a flow, ready to be sent again and again. */
export interface ScenarioRequest {
  /** Its place among all requests of the scenario, from 0. */
  readonly index: number
  /** `GET /users/:id`, with its flow's name where several flows ask for it. */
  readonly name: string
  readonly method: RequestTemplate['method']
  readonly source: RequestSource
  readonly check: AnswerCheck | null
  readonly captures: readonly (readonly [name: string, find: JsonPath])[]
  /** Each user sends it once: a text that equal requests of other flows share, such as the same log-in's. Null: again and again. */
  readonly once: string | null
  /** Whether the answer's body must be kept until its end. */
  readonly readsBody: boolean
}

interface ScenarioFlow {
  readonly weight: number
  readonly requests: readonly ScenarioRequest[]
}

/** What all users of a run do. */
export interface Scenario {
  readonly flows: readonly ScenarioFlow[]
  readonly requests: readonly ScenarioRequest[]
  readonly random: () => number
  /** Whether a user takes the flows by their weights, or one after the other. */
  readonly order: FlowOrder
}

export type FlowOrder = 'by-weight' | 'in-turn'

/** Compiles flows. The same flows and seed always give the same sequence. Throws what `requestSource` and `jsonPath` throw. */
export function compileScenario(
  flows: readonly Flow[],
  pathPrefix: string,
  seed: number,
  order: FlowOrder = 'by-weight',
): Scenario {
  const random = seededRandom(seed)
  const requests: ScenarioRequest[] = []
  const names = flows.flatMap((flow) => [...new Set(flow.requests.map(nameOf))])
  const compiled = flows.map((flow): ScenarioFlow => {
    const captures = new Set<string>()
    // Where nothing is left to repeat, all of it is.
    const repeats = flow.requests.some(({ once }) => once !== true)
    const own = flow.requests.map((template) => {
      const source = requestSource(template, { pathPrefix, random, captures: new Set(captures) })
      for (const name of Object.keys(template.captures ?? {})) captures.add(name)
      const once = template.once === true && repeats ? JSON.stringify(template) : null
      const bare = scenarioRequest(requests.length, template, source)
      // What several flows ask for is told apart by the flow.
      const isShared = names.filter((each) => each === bare.name).length > 1
      const name = isShared ? `${bare.name} (${flow.name})` : bare.name
      const request = { ...bare, name, once }
      requests.push(request)
      return request
    })
    return { weight: flow.weight, requests: own }
  })
  return { flows: compiled, requests, random, order }
}

function nameOf({ method, path }: RequestTemplate): string {
  return `${method} ${path}`
}

function scenarioRequest(
  index: number,
  template: RequestTemplate,
  source: RequestSource,
): Omit<ScenarioRequest, 'once'> {
  const { method, expect, captures = {} } = template
  const found = Object.entries(captures).map(([name, where]) => [name, jsonPath(where)] as const)
  return {
    index,
    name: nameOf(template),
    method,
    source,
    check: expect === undefined ? null : answerCheck(expect),
    captures: found,
    readsBody: found.length > 0 || (expect !== undefined && readsBody(expect)),
  }
}

/** Whether a value of an answer can be put into later requests. */
export function isCapturable(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** One user's way through the scenario: which request comes next, and what earlier answers gave. */
export class Journey {
  readonly #scenario: Scenario
  readonly #captured = new Map<string, string>()
  readonly #done = new Set<string>()
  #flow: readonly ScenarioRequest[] = []
  #place = 0
  #taken = 0

  constructor(scenario: Scenario) {
    this.#scenario = scenario
  }

  get captured(): Captured {
    return this.#captured
  }

  /** The request to send now; the same again until {@link succeeded} or {@link failed}. */
  current(): ScenarioRequest {
    for (;;) {
      const request = this.#flow[this.#place]
      if (request === undefined) {
        this.#flow = this.#pick()
        this.#place = 0
      } else if (request.once !== null && this.#done.has(request.once)) {
        this.#place += 1
      } else {
        return request
      }
    }
  }

  /**
   * Goes on after a good answer. `document` is its parsed body where {@link ScenarioRequest.captures} asks for it. False
   * where a value to capture isn't in it: the rest of the flow can't be done then, and the user begins a new one.
   */
  succeeded(request: ScenarioRequest, document: unknown): boolean {
    for (const [name, find] of request.captures) {
      const value = find(document)
      if (!isCapturable(value)) {
        this.failed()
        return false
      }
      this.#captured.set(name, String(value))
    }
    if (request.once !== null) this.#done.add(request.once)
    this.#place += 1
    return true
  }

  /** Gives the flow up: what comes next may need what this answer would have given. */
  failed(): void {
    this.#place = this.#flow.length
  }

  #pick(): readonly ScenarioRequest[] {
    const { flows, random, order } = this.#scenario
    const [first] = flows
    if (order === 'in-turn') return flows[this.#taken++ % flows.length]?.requests ?? []
    if (flows.length === 1 && first !== undefined) return first.requests
    let drawn = random() * flows.reduce((sum, { weight }) => sum + weight, 0)
    const chosen = flows.find(({ weight }) => (drawn -= weight) < 0) ?? flows.at(-1)
    return chosen?.requests ?? []
  }
}
