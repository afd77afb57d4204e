import { resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { Command, InvalidArgumentError, Option } from 'commander'
import { Failure } from '../../model/failure.ts'
import { formatCount } from '../../model/format.ts'
import type { SeedPlan, SeedResult } from '../../model/seed-plan.ts'
import { readConfig } from '../../workflows/config.ts'
import { requireDatabase, withFactory } from '../../workflows/seed.ts'
import { clearStatus, log, showSeed } from '../terminal.ts'

interface SeedOptions {
  database?: string
  rows?: Record<string, number>
  per?: Record<string, number>
  scale: 'small' | 'medium' | 'production'
  seed: number
  plan?: true
  undo?: true
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
      new Option('--scale <scale>', 'rows of tables that are not named')
        .choices(['small', 'medium', 'production'])
        .default('small'),
    )
    .option('--seed <n>', 'the same number makes the same rows', wholeNumber, 1)
    .option('--plan', 'show what would be done and change nothing')
    .option('--undo', 'remove exactly the rows that seeding added')
    .option('--yes', 'do not ask before writing')
    .option('--json', 'print one JSON document')
    .action(async (dir: string, options: SeedOptions) => {
      const root = resolve(dir)
      const databaseUrl = await requireDatabase(root, await readConfig(root), options.database)
      const result = await withFactory(root, databaseUrl, async (factory) => {
        if (options.undo) return factory.undo(showSeed, signal)
        const { rows = {}, per = {}, scale, seed } = options
        const plan = await factory.plan({ rows, per, scale, seed })
        if (options.plan) return plan
        log(planText(plan))
        if (!options.yes) await consent()
        return factory.seed(plan, showSeed, signal)
      })
      clearStatus()
      if (options.json) console.log(JSON.stringify(result))
      else if (result.schema === 'headroom.seed-plan/1') console.log(planText(result))
      else console.log(resultText(result, { undo: options.undo === true, stopped: signal.aborted }))
      if (signal.aborted) process.exitCode = interrupted
    })
}

/** What a shell says of a program that Ctrl-C ended. */
const interrupted = 130

function resultText(result: SeedResult, { undo, stopped }: { undo: boolean; stopped: boolean }): string {
  const seconds = (result.durationMillis / 1000).toFixed(1)
  const rate = `${formatCount(Math.round(result.rowsPerSecond))} rows/s`
  const done = `${undo ? 'Removed' : 'Added'} ${formatCount(result.rows)} rows in ${seconds} s (${rate}).`
  if (!stopped) return done
  return `Stopped. ${done} ${undo ? 'Run --undo again for the rest.' : '--undo removes exactly these.'}`
}

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

/** The plan as people read it: tables in order, rows each, why. */
function planText(plan: SeedPlan): string {
  const adding = plan.tables.filter(({ rows }) => rows > 0)
  const width = Math.max(0, ...adding.map(({ table }) => table.name.length))
  const lines = adding.map(
    ({ table, rows, reason }) =>
      `  ${table.name.padEnd(width)}  +${formatCount(rows).padStart(11)}  ${reason}`,
  )
  return [`${plan.database}:`, ...lines, ...plan.warnings.map((warning) => `  Note: ${warning}`)].join('\n')
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
