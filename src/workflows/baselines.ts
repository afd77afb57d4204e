import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { Run } from '../model/run.ts'
import { type Baseline, baselineFrom, runFrom } from './baseline-form.ts'
import { editWhole } from './whole-file.ts'

/** The runs that a project is held against, by route; committed with the code. */
export const baselinesFileName = 'headroom.baselines.json'

const schema = 'headroom.baselines/1'

export type Baselines = Readonly<Record<string, Baseline>>

/** All baselines of a project by route key; none where there is no file. Throws `HR_BASELINES` when it can't be read. */
export async function baselinesIn(root: string): Promise<Baselines> {
  const text = await readFile(join(root, baselinesFileName), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw new Failure('HR_BASELINES', l10n.t("{0} can't be read: {1}.", baselinesFileName, error.message), {
      cause: error,
    })
  })
  return parseBaselines(text)
}

/** The run pinned as a route's baseline, or null. Throws `HR_BASELINES` when the file can't be read. */
export async function baselineOf(root: string, route: string): Promise<Run | null> {
  const baselines = await baselinesIn(root)
  const baseline = Object.hasOwn(baselines, route) ? baselines[route] : undefined
  if (baseline === undefined) return null
  try {
    return runFrom(baseline)
  } catch {
    throw unreadable()
  }
}

/**
 * Makes a run its route's baseline, in place of the one before. Throws `HR_BASELINE_EMPTY` for a run that measured
 * nothing to compare with, and `HR_BASELINES` when the file can't be read.
 */
export async function pinBaseline(root: string, run: Run): Promise<void> {
  const baseline = baselineFrom(run)
  if (baseline.steps.length === 0) {
    throw new Failure(
      'HR_BASELINE_EMPTY',
      l10n.t(
        'This run of {0} held no load to the end, so that nothing can be compared with it. Pin another one.',
        run.route,
      ),
    )
  }
  await editBaselines(root, (baselines) => ({ ...baselines, [run.route]: baseline }))
}

/** Takes a route's baseline away. Throws `HR_BASELINE` when it has none, and `HR_BASELINES` when the file can't be read. */
export async function unpinBaseline(root: string, route: string): Promise<void> {
  await editBaselines(root, (baselines) => {
    if (!Object.hasOwn(baselines, route)) {
      throw new Failure(
        'HR_BASELINE',
        l10n.t('{0} has no baseline. Pin one with: headroom runs --pin <id>', route),
      )
    }
    return Object.fromEntries(Object.entries(baselines).filter(([name]) => name !== route))
  })
}

async function editBaselines(root: string, change: (baselines: Baselines) => Baselines): Promise<void> {
  await editWhole(join(root, baselinesFileName), (text) => textOf(change(parseBaselines(text))))
}

function parseBaselines(text: string | null): Baselines {
  if (text === null) return {}
  try {
    const value: { schema?: unknown; baselines?: Baselines } | null = JSON.parse(text)
    const baselines = value?.schema === schema ? value.baselines : null
    const isList = typeof baselines === 'object' && baselines !== null
    if (isList && Object.values(baselines).every((each) => typeof each === 'object' && each !== null)) {
      return baselines
    }
  } catch {
    // Said below.
  }
  throw unreadable()
}

function unreadable(): Failure {
  return new Failure(
    'HR_BASELINES',
    l10n.t(
      '{0} is no file of baselines. Take it back from version control, or delete it and pin anew.',
      baselinesFileName,
    ),
  )
}

/** Routes in order, and a line for each step and tick, so that a change of one route is a change of its lines alone. */
function textOf(baselines: Baselines): string {
  const entries = Object.entries(baselines)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([route, baseline]) => `    ${JSON.stringify(route)}: ${baselineText(baseline)}`)
  const body = entries.length === 0 ? '{}' : `{\n${entries.join(',\n')}\n  }`
  return `{\n  "schema": ${JSON.stringify(schema)},\n  "baselines": ${body}\n}\n`
}

function baselineText(baseline: Baseline): string {
  const fields = Object.entries(baseline).map(([name, value]) => {
    const text = Array.isArray(value) ? listText(value) : JSON.stringify(value)
    return `      ${JSON.stringify(name)}: ${text}`
  })
  return `{\n${fields.join(',\n')}\n    }`
}

function listText(items: readonly unknown[]): string {
  if (items.length === 0) return '[]'
  return `[\n${items.map((item) => `        ${JSON.stringify(item)}`).join(',\n')}\n      ]`
}
