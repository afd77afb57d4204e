import { stat } from 'node:fs/promises'
import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'
import type { Route } from '../../model/route.ts'
import { baselinesIn } from '../baselines.ts'
import { readConfig } from '../config.ts'
import { unifiedDiff } from '../fix.ts'
import { inspect } from '../inspect.ts'
import { blockLines, keptRowsLine, rowsLine, rowsLineIn, type Lessons } from './content.ts'
import { readProjectFile, realFile } from '../project-file.ts'
import { writeTaught, type TaughtFile } from './files.ts'
import { instructionsFile, planInstructions } from './instructions.ts'
import { agentsFile, claudeFile, planAgents, planClaude } from './documents.ts'
import { findBlock, insideLines, isSealed } from './markers.ts'
import { readableBaselines, rowsOfBaselines, rowsOfMachine, type CountedRows } from './rows.ts'
import { readStack } from './stack.ts'

export type { TaughtFile }

const copilotFile = '.github/copilot-instructions.md'

export interface TeachingOrder {
  readonly root: string
  /**
   * Whether only committed files count, so that every machine comes to the same: rows that only this machine knows are left as
   * the block has them.
   */
  readonly committedOnly?: boolean
  /** The project's routes, where they are known already; else the code is inspected. */
  readonly routes?: readonly Route[]
}

/** What there is to write for assistants; nothing is written yet. */
export interface Teaching {
  readonly root: string
  readonly files: readonly TaughtFile[]
  /** What a person should know besides, in sentences. */
  readonly remarks: readonly string[]
}

/**
 * Works out what assistants must know of a project and where that goes: a block in AGENTS.md, a line in CLAUDE.md where there
 * is one, and a file of instructions for VS Code. Throws `HR_TEACH_MARKERS` (duplicate or malformed markers, with the line),
 * `HR_FILE_EDIT`, `HR_NO_ROUTES`, and what reading code, configuration and baselines throws.
 */
export async function planTeaching(
  { root, committedOnly = false, routes }: TeachingOrder,
  _onProgress: (progress: never) => void,
  signal: AbortSignal,
): Promise<Teaching> {
  if (!(await stat(root).catch(() => null))?.isDirectory()) {
    throw new Failure('HR_NO_FOLDER', l10n.t('There is no folder {0} to inspect.', root))
  }
  const [agents, claude, instructions, copilot] = await Promise.all(
    [agentsFile, claudeFile, instructionsFile, copilotFile].map((file) => readProjectFile(root, file)),
  )
  const block = findBlock(agents ?? '', agentsFile)
  const lessons = await readLessons(root, routes)
  if (signal.aborted) throw stopped()
  const standing = block !== null && isSealed(block) ? rowsLineIn(insideLines(block)) : null
  const committed = rowsOfBaselines(lessons.baselines)
  const { counted, why } =
    committed !== null || committedOnly
      ? { counted: committed, why: null }
      : await rowsOfMachine(root, lessons.config)
  const lines = blockLines(lessons, lineOfRows(counted, standing))
  const isShared =
    claude === null || (await realFile(root, claudeFile)) === (await realFile(root, agentsFile))
  return {
    root,
    files: [
      planAgents(agents ?? null, lines),
      ...(isShared ? [] : [planClaude(claude ?? '')]),
      planInstructions(instructions ?? null, lessons.routes),
    ],
    remarks: [
      ...(why === null ? [] : [l10n.t('The rows of the local database are not known: {0}', why)]),
      ...(typeof copilot === 'string'
        ? [l10n.t('{0} is left alone: VS Code reads it together with AGENTS.md.', copilotFile)]
        : []),
    ],
  }
}

/**
 * Writes what changes, all files or none, and gives their names. Throws `HR_TEACH_EDITED` where that would lose what somebody
 * wrote by hand into Headroom's block, unless `force` is set; `HR_TEACH_CHANGED` and `HR_FILE_EDIT` as {@link writeTaught}.
 */
export async function writeTeaching(
  { root, files }: Teaching,
  { force = false }: { readonly force?: boolean } = {},
): Promise<readonly string[]> {
  const edited = files.find(({ state }) => state === 'edited')
  if (edited !== undefined && !force) {
    throw new Failure(
      'HR_TEACH_EDITED',
      l10n.t(
        '{0} was edited by hand where Headroom writes. Nothing was written; move your text out of the markers, or let it be replaced.',
        edited.file,
      ),
      {
        actions: [{ id: 'teach-force', title: l10n.t('Replace'), commandLine: 'headroom teach --force' }],
      },
    )
  }
  return writeTaught(root, files)
}

/** The changes as a unified diff; empty where nothing changes. */
export function teachingDiff({ files }: Pick<Teaching, 'files'>): string {
  const changed = files.filter(({ before, after }) => before !== after)
  return unifiedDiff(changed.map(({ file, before, after }) => ({ file, before: before ?? '', after })))
}

async function readLessons(root: string, known: readonly Route[] | undefined): Promise<Lessons> {
  const [routes, config, baselines] = await Promise.all([
    known ?? inspect(root, { provenance: 'none' }).then((report) => report.routes),
    readConfig(root),
    baselinesIn(root).then(readableBaselines),
  ])
  if (routes.length === 0) {
    throw new Failure(
      'HR_NO_ROUTES',
      l10n.t('Headroom found no endpoints here, so there is nothing to teach.'),
    )
  }
  return { routes, config, baselines, stack: await readStack(root, config, routes) }
}

function stopped(): Failure {
  return new Failure('HR_STOPPED', l10n.t('Stopped. Nothing was written.'))
}

/** Where nothing new is known, what an earlier count wrote stays. */
function lineOfRows(counted: CountedRows | null, standing: string | null): string {
  return counted === null ? (standing ?? rowsLine(null)) : keptRowsLine(rowsLine(counted), standing)
}
