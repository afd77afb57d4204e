import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { anchorsOf, hashLines, type Anchors } from '../../provenance/anchors.ts'
import { keptFile, makeKeptFile } from '../kept-file.ts'
import { editWhole } from '../whole-file.ts'

/** Where the editor, agents' hooks and the command line keep who wrote what; ignored by git through its own `.gitignore`. */
export const attributionFile = '.headroom/attribution.json'

/** Lines of a file that somebody is known, or supposed, to have written. */
export interface LineRecord {
  /** Relative to the project, forward slashes. */
  readonly file: string
  /** In words, as in `Provenance`. */
  readonly source: string
  readonly score: number
  /** Milliseconds since 1970. With file and source it names one insertion: recorded again, it replaces what was kept of it. */
  readonly at: number
  /** From 1, both included. */
  readonly startLine: number
  readonly endLine: number
  /** The whole text of the file as it stands. Only hashes of its lines are kept. */
  readonly text: string
}

/** What is kept of a {@link LineRecord}. */
export interface Attribution extends Anchors {
  readonly file: string
  readonly source: string
  readonly score: number
  readonly at: number
}

export interface AttributionStore {
  /** Of this store alone, so that the hashes of short lines can't be looked up elsewhere. */
  readonly salt: string
  /** Oldest first. */
  readonly attributions: readonly Attribution[]
}

const mostAttributions = 5_000
const mostHashes = 100_000
const mostCharacters = 20_000_000
const longestSource = 120

/** What Headroom itself writes down: the signals of `src/provenance`, and the hooks of agents. */
const knownSource =
  /^(?:(?:Claude Code|Cursor|VS Code|Codex) hook|(?:Claude Code|Cursor|aider|Copilot|Codex|Devin|Jules) commit|inline completion|external tool|code marker|block inserted at once|git-ai note|Agent Trace)$/

const line = v.pipe(v.number(), v.integer(), v.minValue(1))
const storeSchema = v.object({
  schema: v.literal('headroom.attribution/1'),
  salt: v.pipe(v.string(), v.minLength(16)),
  attributions: v.array(v.unknown()),
})
const attributionSchema = v.pipe(
  v.object({
    file: v.pipe(v.string(), v.maxLength(4_096)),
    // Shown to people and models, and anybody may have written the file.
    source: v.pipe(v.string(), v.regex(knownSource)),
    score: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
    at: v.number(),
    startLine: line,
    endLine: line,
    lines: v.array(line),
    hashes: v.array(v.string()),
  }),
  v.check(({ lines, hashes }) => lines.length === hashes.length && isAscending(lines)),
)

/** Reads what a project keeps. A store that is missing, broken or of a later version is an empty one. */
export async function readAttribution(root: string): Promise<AttributionStore> {
  return parseStore(await readFile(join(root, attributionFile), 'utf8').catch(() => null))
}

/**
 * Adds lines to the project's store, beside whatever other windows and hooks add. Never keeps code. Beyond 5,000 insertions
 * the oldest go. Throws `HR_FILE_EDIT` where the store can't be written.
 */
export async function recordLines(root: string, records: readonly LineRecord[]): Promise<void> {
  if (records.length === 0) return
  await editWhole(await makeKeptFile(root, attributionFile), (text) => {
    const { salt, attributions } = parseStore(text)
    const renewed = new Set(records.map(nameOf))
    const kept = attributions.filter((attribution) => !renewed.has(nameOf(attribution)))
    return written({ salt, attributions: bounded([...kept, ...anchored(records, salt)]) })
  })
}

/** Forgets all that the project's store keeps. What git's history says stays. */
export async function forgetAttribution(root: string): Promise<void> {
  await editWhole(await keptFile(root, attributionFile), (text) =>
    text === null ? null : written(emptyStore()),
  )
}

function written(store: AttributionStore): string {
  return JSON.stringify({ schema: 'headroom.attribution/1', ...store })
}

function nameOf({ file, source, at }: Pick<Attribution, 'file' | 'source' | 'at'>): string {
  return `${file}\0${source}\0${at}`
}

/** Several records of one text hash it once. */
function anchored(records: readonly LineRecord[], salt: string): Attribution[] {
  const byText = Map.groupBy(records, ({ text }) => text)
  return [...byText].flatMap(([text, some]) => {
    const hashed = hashLines(text.split('\n'), salt)
    return some.flatMap(({ file, source, score, at, startLine, endLine }) => {
      const anchors = anchorsOf(hashed, { startLine, endLine })
      return anchors === null ? [] : [{ file, source: source.slice(0, longestSource), score, at, ...anchors }]
    })
  })
}

function bounded(attributions: readonly Attribution[]): Attribution[] {
  const newest = attributions.toSorted((one, other) => other.at - one.at).slice(0, mostAttributions)
  let hashes = 0
  const kept = newest.filter((attribution) => (hashes += attribution.hashes.length) <= mostHashes)
  return kept.toReversed()
}

function parseStore(text: string | null): AttributionStore {
  if (text === null || text.length > mostCharacters) return emptyStore()
  try {
    const result = v.safeParse(storeSchema, JSON.parse(text))
    if (!result.success) return emptyStore()
    const { salt, attributions } = result.output
    return { salt, attributions: attributions.filter((each) => v.is(attributionSchema, each)) }
  } catch {
    return emptyStore()
  }
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0))
}

function emptyStore(): AttributionStore {
  return { salt: randomBytes(16).toString('hex'), attributions: [] }
}
