import { resolve } from 'node:path'
import { Command } from 'commander'
import { Failure } from '../../model/failure.ts'
import { planTeaching, teachingDiff, writeTeaching, type TaughtFile } from '../../workflows/teach/teach.ts'
import { log } from '../terminal.ts'

interface TeachOptions {
  check?: true
  dryRun?: true
  force?: boolean
}

/** `headroom teach`: what coding assistants must know of this project, written where they read it. */
export function teachCommand(signal: AbortSignal): Command {
  return new Command('teach')
    .description(
      'Write what coding assistants must know of this project into AGENTS.md, and keep it up to date',
    )
    .argument('[dir]', 'the project', '.')
    .option('--check', 'write nothing; exit with 1 where something is out of date (for CI)')
    .option('--dry-run', 'write nothing; print the changes as a unified diff')
    .option('--force', "replace what was edited by hand inside Headroom's markers")
    .action(async (dir: string, options: TeachOptions) => {
      const said = [options.check, options.dryRun, options.force].filter((each) => each !== undefined)
      if (said.length > 1) {
        throw new Failure('HR_USAGE', 'Give --check, --dry-run or --force, and only one of them.')
      }
      const root = resolve(dir)
      if (options.check) await check(root, signal)
      else await teach(root, options, signal)
    })
}

async function teach(
  root: string,
  { dryRun, force = false }: TeachOptions,
  signal: AbortSignal,
): Promise<void> {
  const teaching = await planTeaching({ root }, () => undefined, signal)
  const isEdited = teaching.files.some(({ state }) => state === 'edited')
  if (dryRun || (isEdited && !force)) process.stdout.write(teachingDiff(teaching))
  const changed = teaching.files.filter(({ before, after }) => before !== after)
  const written = dryRun ? [] : await writeTeaching(teaching, { force })
  for (const file of written) log(`Wrote ${file}.`)
  if (changed.length === 0) log('Everything is up to date; nothing was written.')
  for (const remark of teaching.remarks) log(remark)
}

async function check(root: string, signal: AbortSignal): Promise<void> {
  const { files } = await planTeaching({ root, committedOnly: true }, () => undefined, signal)
  const wrong = files.filter(({ state }) => state !== 'current')
  for (const file of wrong) console.log(outOfDate(file))
  if (wrong.length > 0) process.exitCode = 1
  else console.log(`Up to date: ${files.map(({ file }) => file).join(', ')}.`)
}

/** What is wrong with a file, and what to type. */
function outOfDate({ file, before, state }: TaughtFile): string {
  const run = 'Run: headroom teach'
  if (state === 'missing' && before === null) return `${file} is missing. ${run}`
  if (state === 'missing') return `${file} lacks what Headroom writes there. ${run}`
  if (state === 'outdated')
    return `${file} is out of date with the code, headroom.config.json or the baselines. ${run}`
  return `${file} was edited by hand inside Headroom's markers. See the difference with: headroom teach --dry-run`
}
