import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { SetupError } from '../lifetime.ts'
import { Progress } from './progress.ts'
import { machineLine, sectionText, writeFigures, type Finished } from './report.ts'
import type { Section, SectionContext } from './section.ts'

/** A bench of several sections, each of which can be run alone. */
export interface Bench {
  /** The npm script: `bench:engine`. */
  readonly script: string
  /** In the order in which they run. */
  readonly sections: readonly Section[]
  /** The document that keeps the figures, in `docs/`, between marks with the script's name. */
  readonly document: string
  /** Installs what Headroom is compared with. */
  readonly prepare: (signal: AbortSignal) => Promise<void>
}

interface Options {
  readonly chosen: readonly Section[]
  readonly minutes: number | null
  readonly write: boolean
}

function readOptions({ sections, script }: Bench): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { write: { type: 'boolean' }, minutes: { type: 'string' } },
  })
  const ids = sections.map(({ id }) => id)
  const minutes = values.minutes === undefined ? null : Number(values.minutes)
  if (positionals.some((id) => !ids.includes(id)) || (minutes !== null && !(minutes > 0))) {
    throw new SetupError(
      `Usage: npm run ${script} [-- ${ids.join(' | ')}] [--minutes <length of the longest section>] [--write]`,
    )
  }
  const chosen = sections.filter(({ id }) => positionals.length === 0 || positionals.includes(id))
  return { chosen, minutes, write: values.write ?? false }
}

/** A section that can't be measured costs its own figures only. */
async function runSection(section: Section, context: SectionContext): Promise<Finished> {
  context.progress.begin(section.id)
  try {
    return { section, report: await section.run(context) }
  } catch (error) {
    context.signal.throwIfAborted()
    const measured = `not measured: ${error instanceof Error ? error.message : String(error)}`
    const goal = { name: section.title, measured, goal: '', met: false, note: '' }
    return { section, report: { columns: [], rows: [], goals: [goal] } }
  }
}

/**
 * Runs the sections that the command line names, all where it names none, prints what they found, and with `--write` puts
 * it into the bench's document. Gives the exit code: 1 where a goal is missed. Throws a `SetupError` for wrong usage.
 */
export async function runBench(bench: Bench, signal: AbortSignal): Promise<number> {
  const { chosen, minutes, write } = readOptions(bench)
  await bench.prepare(signal)
  const busy = loadavg()[0] ?? 0
  if (busy > 0.5) {
    console.error(
      `headroom: this machine is busy (load ${busy.toFixed(1)}): ratios mean something still, times less.`,
    )
  }
  const alone = chosen.length === 1
  const lengths = chosen.map((section) => ({ id: section.id, seconds: section.seconds({ minutes, alone }) }))
  const progress = new Progress(lengths)
  const finished: Finished[] = []
  for (const section of chosen) {
    finished.push(await runSection(section, { signal, progress, minutes, alone }))
  }
  console.log([...finished.map(sectionText), machineLine()].join('\n\n\n'))
  if (write) await writeFigures(bench, finished)
  return finished.every(({ report }) => report.goals.every(({ met }) => met)) ? 0 : 1
}
