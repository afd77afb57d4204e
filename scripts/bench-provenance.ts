import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { classify } from '../src/provenance/classify.ts'
import { aligned } from './bench/figures.ts'
import { type Kind, kinds, replay, type Replayed, wrongOnes } from './bench/provenance.ts'
import { runScript, SetupError } from './lifetime.ts'

const folder = fileURLToPath(new URL('../test/recordings/provenance', import.meta.url))
const fewestOfKind = 200
const timedMillis = 2_000

/** Kinds down, what the classifier says across. */
function confusionTable(replayed: readonly Replayed[]): string {
  const rows = kinds.map((kind) => {
    const events = replayed.filter((each) => each.kind === kind)
    const [ai, block, none] = (['ai-inserted', 'inserted-block', null] as const).map(
      (label) => events.filter(({ judgement }) => judgement.label === label).length,
    )
    return [kind, String(events.length), ...[ai, block, none].map((count = 0) => cell(count, events.length))]
  })
  return aligned([['kind', 'events', 'AI-inserted', 'inserted block', 'no label'], ...rows])
}

function cell(count: number, all: number): string {
  return all === 0 ? '–' : `${count} (${((count / all) * 100).toFixed(1)} %)`
}

/** What decided, kind by kind: the veto, or the signals. */
function reasonTable(replayed: readonly Replayed[]): string {
  const reasons = Map.groupBy(replayed, ({ kind, judgement: { veto, signals } }) => {
    const reason = veto === null ? signals.join(' + ') || 'no signal' : `veto: ${veto}`
    return `${kind}\t${reason}`
  })
  const rows = [...reasons].map(([name, events]) => [...name.split('\t'), String(events.length)])
  return aligned([['kind', 'because of', 'events'], ...rows])
}

/** How many recorded events are judged in a second, over and over for a while. */
function eventsPerSecond(replayed: readonly Replayed[]): number {
  const started = performance.now()
  let judged = 0
  while (performance.now() - started < timedMillis) {
    for (const { recorded } of replayed) classify(recorded.event, recorded.context)
    judged += replayed.length
  }
  return (judged / (performance.now() - started)) * 1_000
}

function missingKinds(replayed: readonly Replayed[]): Kind[] {
  return kinds.filter((kind) => replayed.filter((each) => each.kind === kind).length < fewestOfKind)
}

await runScript(async () => {
  const replayed = existsSync(folder) ? replay(folder) : []
  if (replayed.length === 0) {
    throw new SetupError(
      `There are no recorded events in ${folder}. Make them with scripts/record-provenance.ts.`,
    )
  }
  console.log(`${confusionTable(replayed)}\n\n${reasonTable(replayed)}\n`)
  const rate = eventsPerSecond(replayed)
  console.log(`${replayed.length} events, ${Math.round(rate).toLocaleString('en')} judged a second.`)
  const few = missingKinds(replayed)
  if (few.length > 0) console.log(`Fewer than ${fewestOfKind} events: ${few.join(', ')}.`)
  const wrong = wrongOnes(replayed)
  for (const { kind, place, judgement } of wrong) {
    console.log(`WRONG  ${place}: ${kind} is labelled AI-inserted by ${judgement.signals.join(' + ')}`)
  }
  if (wrong.length === 0) console.log('No typing, formatting, undo or checkout is labelled AI-inserted.')
  return wrong.length === 0 && few.length === 0 ? 0 : 1
})
