import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { breakingPoint } from './bench/engine/breaking-point.ts'
import { distribution } from './bench/engine/distribution.ts'
import { editor } from './bench/engine/editor.ts'
import { installPeers } from './bench/engine/peers.ts'
import { requireTwoCores } from './bench/engine/pinned.ts'
import { Progress } from './bench/engine/progress.ts'
import { machineLine, sectionText, writeFigures, type Finished } from './bench/engine/report.ts'
import { schedule } from './bench/engine/schedule.ts'
import type { Section, SectionContext } from './bench/engine/section.ts'
import { soak } from './bench/engine/soak.ts'
import { stall } from './bench/engine/stall.ts'
import { throughput } from './bench/engine/throughput.ts'
import { runScript, SetupError } from './lifetime.ts'

/** In the order in which they run; adding a section is one file and one entry. */
const sections: readonly Section[] = [throughput, stall, distribution, schedule, breakingPoint, editor, soak]

interface Options {
  readonly chosen: readonly Section[]
  readonly minutes: number | null
  readonly write: boolean
}

function readOptions(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { write: { type: 'boolean' }, minutes: { type: 'string' } },
  })
  const ids = sections.map(({ id }) => id)
  const minutes = values.minutes === undefined ? null : Number(values.minutes)
  if (positionals.some((id) => !ids.includes(id)) || (minutes !== null && !(minutes > 0))) {
    throw new SetupError(
      `Usage: npm run bench:engine [-- ${ids.join(' | ')}] [--minutes <length of the soak>] [--write]`,
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

await runScript(async ({ signal }) => {
  const { chosen, minutes, write } = readOptions()
  requireTwoCores()
  await installPeers(signal)
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
  if (write) await writeFigures(sections, finished)
  return finished.every(({ report }) => report.goals.every(({ met }) => met)) ? 0 : 1
})
