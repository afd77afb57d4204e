import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { Failure, failureData } from '../../model/failure.ts'
import type { CheckReport } from '../../model/finding.ts'
import type { Run } from '../../model/run.ts'
import type { VerdictKind } from '../../model/verdict.ts'
import { readConfig, type ProjectConfig } from '../../workflows/config.ts'
import { thinkTimePattern } from '../../workflows/load-fields.ts'
import { inspect } from '../../workflows/inspect.ts'
import { parseEndpoint, type Endpoint } from '../../workflows/endpoint.ts'
import { loadModelOf, profileIds } from '../../workflows/profiles.ts'
import { renderReport } from '../../workflows/report.ts'
import { writeWhole } from '../../workflows/whole-file.ts'
import { testEndpoint } from '../../workflows/test-endpoint.ts'
import { endpointKey } from '../../workflows/prepare.ts'
import { colourful, showRun } from '../terminal.ts'
import { baselineFor, comparedExitCode, withBaselineOption, type BaselineOption } from './baseline-option.ts'
import { volumeChoices, withConsent, withVolumeOptions, type VolumeOptions } from './volume-options.ts'

interface LoadOptions extends VolumeOptions, BaselineOption {
  dir: string
  baseUrl?: string
  profile: string
  users?: number[]
  rate?: number[]
  thinkTime?: string
  http2?: true
  newConnections?: true
  maxRequests?: number
  flow?: string[]
  yes?: true
  duration?: number
  budget?: string
  param?: Record<string, string>
  header?: Record<string, string>
  body?: string
  database?: string
  start?: true
  json?: true
  output?: string
}

const exitCodeOf: Record<VerdictKind, number> = {
  holds: 0,
  breaks: 1,
  'fails-before-load': 1,
  'not-measured': 3,
  stopped: 3,
}

/** `headroom load`: ramps load against a local endpoint until its budget breaks, and says why. */
export function loadCommand(signal: AbortSignal): Command {
  const command = new Command('load')
    .description(
      'Ramp load against a local endpoint until it breaks; name the breaking point and the likely cause',
    )
    .argument('<endpoint>', 'a URL on this machine, or a route such as "GET /users/:userId"')
    .option('--dir <dir>', 'the project', '.')
    .option('--base-url <url>', 'where the dev server listens', url)
    .addOption(
      new Option('--profile <profile>', 'how load develops').choices(profileIds).default('progressive'),
    )
    .option('--users <list>', 'virtual users at each step, for example 10,25,50,100', userList)
    .option(
      '--rate <list>',
      'requests a second at each step of an open profile, for example 50,100',
      rateList,
    )
    .option(
      '--duration <time>',
      'how long each step is held (soak: the whole time), for example 10s',
      seconds,
    )
    .option('--think-time <time>', 'how long users pause between requests: 1s, or 500ms-2s', thinkTime)
    .option(
      '--flow <name...>',
      'what users do instead of repeating the endpoint: flows of headroom.config.json',
    )
    .option('--http2', 'use HTTP/2; the server must speak it over TLS')
    .option('--new-connections', 'open a connection for every request')
    .option('--max-requests <count>', 'send no more than this', wholeNumber)
    .option('--yes', 'send POST, PUT, PATCH and DELETE requests, and let --profile volume add rows')
    .option('--budget <budget>', 'for example "p95<2s,errors<1%"')
    .option('--param <name=values...>', 'values of a path parameter: 1,2,3 or @file or users.id', pairs('='))
    .option('--header <name: value...>', 'a header of every request', pairs(':'))
    .option('--body <file>', 'the request body, JSON')
    .option('--database <url>', 'where parameter values are drawn from')
    .option('--start', 'start the dev server when nothing listens, and stop it afterwards')
    .option('--json', 'print the run as one JSON document')
    .option('--output <run.json>', 'also write the run there')
  return withVolumeOptions(withBaselineOption(command))
    .configureOutput({ outputError: (text, write) => write(`${text}${orderHint(text)}`) })
    .action((endpoint: string, options: LoadOptions) => load(endpoint, options, signal))
}

async function load(text: string, options: LoadOptions, signal: AbortSignal): Promise<void> {
  const root = resolve(options.dir)
  const { endpoint, origin } = parseEndpoint(text)
  checkFit(options, endpoint, text)
  const config = await readConfig(root, overrides(options, origin))
  const body = options.body === undefined ? undefined : await bodyFrom(options.body)
  const volume = volumeChoices(options.profile, options)
  const { routes, findings, reads = {} } = await inspectForLoad(root)
  const before = await baselineFor(root, endpointKey({ endpoint, routes }), options)
  const order = {
    root,
    config,
    endpoint,
    routes,
    findings,
    reads,
    volume,
    start: options.start === true,
    profile: options.profile,
    ...(options.budget === undefined ? {} : { budget: options.budget }),
    ...(options.param === undefined ? {} : { parameters: options.param }),
    ...(options.header === undefined ? {} : { headers: options.header }),
    ...(body === undefined ? {} : { body }),
    ...(options.database === undefined ? {} : { database: options.database }),
    ...(before === null ? {} : { before }),
    ...(options.flow === undefined ? {} : { flows: options.flow }),
  }
  const run = await withConsent(options.yes === true, (writes) =>
    testEndpoint({ ...order, writes }, showRun(), signal),
  )
  await show(run, before, options)
  process.exitCode = exitCodeOf[run.verdict.kind] || comparedExitCode(before, run)
}

/** Options that take several values take the endpoint for one of them where it comes after them. */
function orderHint(error: string): string {
  if (!error.includes("missing required argument 'endpoint'")) return ''
  return 'Write the endpoint first: headroom load http://localhost:3000/users …\n'
}

/** Throws `HR_USAGE` where an option was given that this profile, or this method, would leave unused. */
function checkFit(
  { profile, users, rate, thinkTime: pause, body }: LoadOptions,
  { method }: Endpoint,
  text: string,
): void {
  const isOpen = loadModelOf(profile) === 'open'
  const others = profileIds.filter((id) => (loadModelOf(id) === 'open') !== isOpen).join(', ')
  if (!isOpen && rate !== undefined) {
    throw misfit(`The profile ${profile} takes --users, not --rate. Profiles with a rate: ${others}.`)
  }
  if (isOpen && users !== undefined) {
    throw misfit(`The profile ${profile} takes --rate, not --users. Profiles with users: ${others}.`)
  }
  if (isOpen && pause !== undefined) {
    throw misfit(
      `The profile ${profile} sends at a rate, without users who think. --think-time is for ${others}.`,
    )
  }
  if (body !== undefined && (method === 'GET' || method === 'HEAD')) {
    const place = text.trim().split(/\s+/).at(-1) ?? ''
    throw misfit(`A ${method} request carries no body. Say the method, for example "POST ${place}".`)
  }
}

function misfit(message: string): Failure {
  return new Failure('HR_USAGE', message)
}

/** What the code says of the endpoint. A server in another language is loaded all the same, only without findings. */
async function inspectForLoad(root: string): Promise<Pick<CheckReport, 'routes' | 'findings' | 'reads'>> {
  try {
    return await inspect(root, { provenance: 'none' })
  } catch (error) {
    if (failureData(error).code !== 'HR_NO_SOURCE') throw error
    return { routes: [], findings: [] }
  }
}

async function show(run: Run, before: Run | null, options: LoadOptions): Promise<void> {
  if (options.output !== undefined) await writeWhole(resolve(options.output), JSON.stringify(run))
  if (options.json) console.log(JSON.stringify(run))
  else {
    const runs = before === null ? ([run] as const) : ([before, run] as const)
    console.log(await renderReport('text', runs, { colours: colourful() }))
  }
}

function overrides(options: LoadOptions, origin: string | null): Partial<ProjectConfig> {
  const baseUrl = options.baseUrl ?? origin
  return {
    ...(baseUrl === null ? {} : { baseUrl }),
    ...(options.users === undefined ? {} : { users: options.users }),
    ...(options.rate === undefined ? {} : { rates: options.rate }),
    ...(options.duration === undefined
      ? {}
      : { stepSeconds: options.duration, soakSeconds: options.duration }),
    ...(options.thinkTime === undefined ? {} : { thinkTime: options.thinkTime }),
    ...(options.http2 === undefined ? {} : { http2: true }),
    ...(options.newConnections === undefined ? {} : { newConnections: true }),
    ...(options.maxRequests === undefined ? {} : { maxRequests: options.maxRequests }),
  }
}

async function bodyFrom(file: string): Promise<string> {
  return readFile(resolve(file), 'utf8').catch(() => {
    throw new Failure('HR_BODY', `The body file ${file} can't be read.`)
  })
}

function userList(text: string): number[] {
  const users = text.split(',').map(Number)
  const valid = users.every((count) => Number.isInteger(count) && count >= 1 && count <= 10_000)
  if (!valid) throw new InvalidArgumentError('Write whole numbers from 1 to 10000, for example 10,25,50.')
  return users
}

function rateList(text: string): number[] {
  const rates = text.split(',').map(Number)
  const valid = rates.every((rate) => rate > 0 && rate <= 100_000)
  if (!valid) throw new InvalidArgumentError('Write requests a second up to 100000, for example 50,100.')
  return rates
}

function wholeNumber(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('Write a whole number from 1.')
  return count
}

const secondsPer: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60 }

function seconds(text: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text.trim()) ?? []
  const value = Number(number) * (secondsPer[unit] ?? Number.NaN)
  if (!(value > 0)) throw new InvalidArgumentError('Write a time such as 10s, 500ms or 2m.')
  if (value < 0.5 || value > 86_400) {
    throw new InvalidArgumentError('A step is held for 500ms at least, and for a day at most.')
  }
  return value
}

function thinkTime(text: string): string {
  if (!thinkTimePattern.test(text)) {
    throw new InvalidArgumentError('Write a time such as 1s, or a range such as 500ms-2s.')
  }
  return text
}

function url(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError('Write a URL such as http://localhost:3000.')
  }
  return text
}

function pairs(separator: string) {
  return (text: string, previous: Record<string, string> | undefined): Record<string, string> => {
    const at = text.indexOf(separator)
    if (at < 1) throw new InvalidArgumentError(`Write name${separator}value.`)
    return { ...previous, [text.slice(0, at).trim()]: text.slice(at + 1).trim() }
  }
}
