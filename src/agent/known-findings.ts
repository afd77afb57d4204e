import { createHash } from 'node:crypto'
import * as l10n from '@vscode/l10n'
import { Failure, failureData } from '../model/failure.ts'
import type { CheckReport, Finding, Fix, FixSummary } from '../model/finding.ts'
import { applyEdits, type FixedFile } from '../workflows/fix.ts'
import type { AgentHost } from './host.ts'
import { oneLine } from './one-line.ts'
import { fileInProject } from './places.ts'

/** A finding under a short name that stays the same as long as its line does, wherever that moves in its file. */
export interface KnownFinding {
  readonly id: string
  readonly finding: Finding
}

/** A fix, carried out in memory. `hash` is that of the change: of all texts before and after it. */
export interface PreparedFix {
  readonly fix: Fix
  readonly files: readonly FixedFile[]
  readonly hash: string
}

/** Findings with their ids. Two on lines that say the same are told apart by their order in the file. */
export async function withIds(
  host: AgentHost,
  findings: readonly Finding[],
): Promise<readonly KnownFinding[]> {
  const files = [...new Set(findings.map(({ file }) => file))]
  const texts = new Map(
    await Promise.all(
      files.map(async (file) => [file, (await host.read(file).catch(() => '')).split('\n')] as const),
    ),
  )
  const seen = new Map<string, number>()
  return findings.map((finding) => {
    const line = texts.get(finding.file)?.[finding.line - 1] ?? ''
    const name = JSON.stringify([finding.rule, finding.file, line.replaceAll(/\s+/g, ' ').trim()])
    const occurrence = seen.get(name) ?? 0
    seen.set(name, occurrence + 1)
    return { id: `f${digest([name, occurrence]).slice(0, 8)}`, finding }
  })
}

/** The finding with this id in a report; throws `HR_FINDING` where there is none any more. */
export async function findingWithId(
  host: AgentHost,
  { findings }: CheckReport,
  id: string,
): Promise<Finding> {
  const found = (await withIds(host, findings)).find((known) => known.id === id)
  if (found !== undefined) return found.finding
  throw new Failure(
    'HR_FINDING',
    l10n.t('There is no finding {0} now: it is gone, or its line changed.', oneLine(id, 40)),
  )
}

/**
 * Carries a fix out in memory. Throws `HR_FIX_CHOICE` where the finding has no such fix, `HR_FIX_UNAVAILABLE` where it can't
 * be carried out, and `HR_OUTSIDE` where it would edit a file that a link leads to outside of the project.
 */
export async function prepareFix(host: AgentHost, finding: Finding, fixId: string): Promise<PreparedFix> {
  if (!finding.fixes.some(({ id }) => id === fixId)) {
    const known = finding.fixes.map(({ id }) => id).join(', ')
    throw new Failure(
      'HR_FIX_CHOICE',
      known === ''
        ? l10n.t('This finding has no fix that can be applied.')
        : l10n.t('This finding has no fix "{0}". It has: {1}.', oneLine(fixId, 60), known),
    )
  }
  const fix = await host.fix(finding, fixId)
  const names = [...new Set(fix.edits.map(({ file }) => file))]
  const files = await Promise.all(
    names.map(async (file): Promise<FixedFile> => {
      await fileInProject(host.root, file)
      const before = await host.read(file)
      const edits = fix.edits.filter((edit) => edit.file === file)
      return { file, before, after: applyEdits(before, edits) }
    }),
  )
  return { fix, files, hash: digest(files).slice(0, 12) }
}

/** The fixes of a finding that can be carried out now, those that preserve behaviour first, each with the hash of its change. */
export async function fixesOffered(
  host: AgentHost,
  finding: Finding,
): Promise<readonly { readonly fix: FixSummary; readonly hash: string }[]> {
  const prepared = await Promise.all(
    finding.fixes.map(async ({ id }) => {
      try {
        return await prepareFix(host, finding, id)
      } catch (error) {
        if (['HR_FIX_UNAVAILABLE', 'HR_OUTSIDE', 'HR_FILE'].includes(failureData(error).code)) return null
        throw error
      }
    }),
  )
  return prepared
    .filter((each) => each !== null)
    .toSorted((one, other) => Number(one.fix.safety !== 'safe') - Number(other.fix.safety !== 'safe'))
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}
