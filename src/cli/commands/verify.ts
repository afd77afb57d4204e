import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { Failure } from '../../model/failure.ts'
import type { FixCheckOutcome, Verification } from '../../model/verification.ts'
import { readConfig } from '../../workflows/config.ts'
import { needsConsent } from '../../workflows/consent.ts'
import { parseEndpoint } from '../../workflows/endpoint.ts'
import { changesSince, revertChange } from '../../workflows/verify/change.ts'
import { verifyUnderLoad } from '../../workflows/verify/verify-fix.ts'
import { clearStatus, colourful, log, status } from '../terminal.ts'
import { paletteFor, type Palette } from '../text-shapes.ts'

interface VerifyOptions {
  dir: string
  before: string
  baseUrl?: string
  body?: string
  database?: string
  users?: number
  seconds?: number
  contractChange?: true
  revert?: true
  start?: true
  yes?: true
  json?: true
}

const exitCodeOf: Record<Verification['verdict'], number> = { verified: 0, refuted: 1, 'not-measured': 3 }

/** `headroom verify`: is a change what it should be, in the code and under load? */
export function verifyCommand(signal: AbortSignal): Command {
  return new Command('verify')
    .description(
      'Verify a change: the code before and after it in turn under the same load, and the same answers',
    )
    .argument('<route>', 'the endpoint, for example "GET /users/:userId"')
    .option('--dir <dir>', 'the project', '.')
    .option('--before <commit>', 'the code before; after is what is in the files now', 'HEAD')
    .option('--base-url <url>', 'where the dev server listens')
    .option('--body <file>', 'the request body, JSON')
    .option('--database <url>', 'where parameter values are drawn from')
    .option('--users <count>', 'virtual users; otherwise where the last run broke', users)
    .option('--seconds <seconds>', 'how long each turn is measured', seconds)
    .option('--contract-change', 'what clients get is meant to change')
    .option('--revert', 'write the code before back where the change is refuted')
    .option('--start', 'start the dev server in turn from the code before and after')
    .option('--yes', 'send POST, PUT, PATCH and DELETE requests, which change data')
    .option('--json', 'print the result as one JSON document')
    .addHelpText('after', '\nExit codes: 0 verified · 1 refuted · 2 wrong usage · 3 not measured.')
    .action((route: string, options: VerifyOptions) => verify(route, options, signal))
}

async function verify(route: string, options: VerifyOptions, signal: AbortSignal): Promise<void> {
  const root = resolve(options.dir)
  const { endpoint, origin } = parseEndpoint(route)
  if (needsConsent(endpoint.method) && options.yes !== true) {
    throw new Failure('HR_UNSAFE', `${route} changes data, and is sent many times over. Pass --yes to agree.`)
  }
  const baseUrl = options.baseUrl ?? origin
  const config = await readConfig(root, baseUrl === null ? {} : { baseUrl })
  const files = await changesSince(root, options.before)
  const body = options.body === undefined ? undefined : await bodyFrom(options.body)
  const order = {
    root,
    config,
    route: `${endpoint.method} ${endpoint.path}`,
    files,
    contractChange: options.contractChange === true,
    start: options.start === true,
    writes: options.yes === true,
    ...(body === undefined ? {} : { body }),
    ...(options.database === undefined ? {} : { database: options.database }),
    ...(options.users === undefined ? {} : { users: options.users }),
    ...(options.seconds === undefined ? {} : { secondsPerTurn: options.seconds }),
  }
  let announced = false
  const verification = await verifyUnderLoad(
    order,
    ({ activity, secondsLeft, serverSaid }) => {
      // Without a terminal the lines below are not shown, and this takes a while.
      if (secondsLeft !== null && !announced)
        log(`Loading the code before and after in turn: about ${secondsLeft} s.`)
      announced ||= secondsLeft !== null
      if (serverSaid !== undefined) log(`${activity}: ${serverSaid}`)
      else status(secondsLeft === null ? `${activity} …` : `${activity} … about ${secondsLeft} s left`)
    },
    signal,
  )
  clearStatus()
  if (options.json) console.log(JSON.stringify(verification))
  else console.log(verificationText(verification, paletteFor(colourful())))
  process.exitCode = exitCodeOf[verification.verdict]
  if (options.revert && verification.verdict === 'refuted') await revert(root, files)
}

async function bodyFrom(file: string): Promise<string> {
  return readFile(resolve(file), 'utf8').catch(() => {
    throw new Failure('HR_BODY', `The body file ${file} can't be read.`)
  })
}

async function revert(root: string, files: Awaited<ReturnType<typeof changesSince>>): Promise<void> {
  const { reverted, changedSince, kept } = await revertChange(root, files)
  if (reverted.length > 0) log(`Reverted: ${reverted.join(', ')}.`)
  if (changedSince.length > 0) log(`Changed meanwhile, and left as it is: ${changedSince.join(', ')}.`)
  if (kept.length > 0) log(`New, and left where it is: ${kept.join(', ')}.`)
}

const marks: Record<FixCheckOutcome, string> = {
  passed: 'pass',
  declared: 'pass',
  failed: 'FAIL',
  'not-measured': '  –',
}
const titles = {
  parses: 'Parses',
  'rule-gone': 'Rule gone',
  'no-new-diagnostics': 'No new findings',
  contract: 'Same answers',
  'no-new-errors': 'No new errors',
  faster: 'Faster',
} as const satisfies Record<Verification['checks'][number]['id'], string>

function verificationText({ verdict, route, checks }: Verification, palette: Palette): string {
  // What keeps load from being measured keeps all that is told by it, and is said once.
  const told = checks.filter(
    ({ outcome, message }, index) => outcome !== 'not-measured' || message !== checks[index - 1]?.message,
  )
  const lines = told.map(({ id, outcome, message }) => {
    const isOfAll = checks.filter((check) => check.message === message).length > 1
    const title = isOfAll ? 'Under load' : titles[id]
    const line = `  ${marks[outcome].padEnd(4)}  ${title.padEnd(16)} ${message}`
    if (outcome === 'failed') return palette.bad(line)
    return outcome === 'not-measured' ? palette.muted(line) : line
  })
  const conclusion = verdict.replace('-', ' ')
  return [
    palette.bold(route ?? ''),
    ...lines,
    '',
    palette.bold(`${conclusion[0]?.toUpperCase()}${conclusion.slice(1)}.`),
  ].join('\n')
}

function users(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 1000) {
    throw new InvalidArgumentError('Write a whole number from 1 to 1000.')
  }
  return value
}

function seconds(text: string): number {
  const value = Number(text.replace(/s$/, ''))
  if (!(value >= 0.5 && value <= 60))
    throw new InvalidArgumentError('Write seconds from 0.5 to 60, for example 3.')
  return value
}
