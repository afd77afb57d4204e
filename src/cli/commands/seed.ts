import { resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { Command, InvalidArgumentError, Option } from 'commander'
import { Failure } from '../../model/failure.ts'
import type { SeedPlan, SeedResult } from '../../model/seed-plan.ts'
import { readConfig } from '../../workflows/config.ts'
import { databaseForPlan, projectDatabase, type ProjectDatabase } from '../../workflows/project-database.ts'
import { planSeeds, resumeSeed, seedDatabase, undoSeed } from '../../workflows/seed.ts'
import { fullPlanText, planText, resultText } from '../seed-words.ts'
import { clearStatus, log, showSeed } from '../terminal.ts'

interface SeedOptions {
  database?: string
  rows?: Record<string, number>
  per?: Record<string, number>
  scale?: 'small' | 'medium' | 'production'
  seed?: number
  plan?: true
  resume?: true
  undo?: true
  inPlace?: true
  yes?: true
  json?: true
}

/** `headroom seed`: plan, then seed the local database; `--undo` removes exactly the rows it made. */
export function seedCommand(signal: AbortSignal): Command {
  return new Command('seed')
    .description('Fill the local database with production-scale rows, or take them away again')
    .argument('[dir]', 'the project', '.')
    .option('--database <url>', 'for example sqlite:./data/app.sqlite')
    .option('--rows <table=n...>', 'rows to add to a table', tableCounts)
    .option('--per <table=n...>', 'rows to add for each new row of its parent', tableCounts)
    .addOption(
      new Option('--scale <scale>', 'rows of tables that are not named; small unless told').choices([
        'small',
        'medium',
        'production',
      ]),
    )
    .option('--seed <n>', 'the same number makes the same rows; 1 unless told', wholeNumber)
    .option('--plan', 'show what would be done and change nothing')
    .option('--resume', 'add what an interrupted seeding left out')
    .option('--undo', 'remove exactly the rows that seeding added')
    .option('--in-place', 'write into the database itself, not into a copy of it')
    .option('--yes', 'do not ask before writing')
    .option('--json', 'print one JSON document')
    .action(async (dir: string, options: SeedOptions) => {
      const root = resolve(dir)
      const config = await readConfig(root)
      const choice = { given: options.database, inPlace: options.inPlace }
      const database = await (options.plan ? databaseForPlan : projectDatabase)(root, config, choice)
      const result = await work(database, options, signal)
      clearStatus()
      if (options.json) console.log(JSON.stringify(result))
      else if (result.schema === 'headroom.seed-plan/1') console.log(fullPlanText(result, database))
      else console.log(resultText(result, { undo: options.undo === true, variable: database.variable }))
      if (signal.aborted) process.exitCode = interrupted
    })
}

/** Does what was asked for; a plan is what `--plan` ends with. */
async function work(
  database: ProjectDatabase,
  options: SeedOptions,
  signal: AbortSignal,
): Promise<SeedPlan | SeedResult> {
  if (options.undo) return undoSeed(database, showSeed, signal)
  if (options.resume) return resumeSeed(database, showSeed, signal)
  const { rows = {}, per = {} } = options
  const asked = { rows, per, ...given(options), estimate: true }
  const [plan] = await planSeeds(
    { ...database, options: [asked], modelsSuffice: options.plan === true },
    showSeed,
    signal,
  )
  if (plan === undefined) throw new Failure('HR_STOPPED', 'Stopped. Nothing was written.')
  if (options.plan) return plan
  log(planText(plan, database))
  if (!options.yes) await consent()
  return seedDatabase({ ...database, plan }, showSeed, signal)
}

/** Those that were given: others come from the configuration. */
function given({ scale, seed }: SeedOptions): Pick<SeedOptions, 'scale' | 'seed'> {
  return { ...(scale === undefined ? {} : { scale }), ...(seed === undefined ? {} : { seed }) }
}

/** What a shell says of a program that Ctrl-C ended. */
const interrupted = 130

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('It must be a whole number from 0.')
  return value
}

function tableCounts(text: string, previous: Record<string, number> | undefined): Record<string, number> {
  const counts = text.split(',').map((part) => {
    const [table = '', count = ''] = part.split('=')
    if (table === '' || !/^\d+$/.test(count))
      throw new InvalidArgumentError('Write table=rows, for example users=100000.')
    return [table.trim(), Number(count)] as const
  })
  return { ...previous, ...Object.fromEntries(counts) }
}

async function consent(): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new Failure(
      'HR_CONSENT',
      'Seeding writes to the database above. Pass --yes to agree. Nothing was written.',
    )
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question('Add these rows? [Y/n] ').finally(() => terminal.close())
  if (/^n/i.test(answer.trim())) throw new Failure('HR_CONSENT', 'Nothing was written.')
}
