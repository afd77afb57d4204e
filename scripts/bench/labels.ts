import { readFile } from 'node:fs/promises'
import * as v from 'valibot'
import type { Finding } from '../../src/model/finding.ts'
import { SetupError } from '../lifetime.ts'

const labelSchema = v.object({
  repo: v.pipe(v.string(), v.regex(/^[^/]+\/[^/]+$/, 'must be "owner/name"')),
  commit: v.string(),
  file: v.string(),
  line: v.pipe(v.number(), v.integer(), v.minValue(1)),
  rule: v.string(),
  verdict: v.picklist(['problem', 'fine']),
  why: v.string(),
  alt: v.optional(v.array(v.pipe(v.string(), v.regex(/:\d+$/, 'must be "file:line"')))),
  lang: v.string(),
})

/** A place in a public repository, and whether a person found the defect of a rule there. */
export type Label = v.InferOutput<typeof labelSchema>

/** A label with the analysis's answer. */
export interface Answer {
  readonly label: Label
  readonly isReported: boolean
}

/** The labels of one rule, or of all, counted. */
export interface Score {
  readonly rule: string
  readonly problems: number
  readonly found: number
  readonly fine: number
  readonly reported: number
}

const inspectedLanguages: ReadonlySet<string> = new Set(
  // A Prisma schema belongs to a JavaScript or TypeScript program.
  ['js', 'jsx', 'mjs', 'cjs', 'ts', 'tsx', 'mts', 'cts', 'prisma'],
)
const tolerance = 2

/** Reads a file of labels. Throws {@link SetupError} where it is missing or says something else. */
export async function readLabels(file: string): Promise<readonly Label[]> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new SetupError(`There is no ${file} to read labels from.`)
  })
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    throw new SetupError(`${file} is no JSON: ${String(error)}`)
  }
  const result = v.safeParse(v.array(labelSchema), document)
  if (result.success) return result.output
  const [issue] = result.issues
  throw new SetupError(`${file}, ${v.getDotPath(issue) ?? 'at the top'}: ${issue.message}`)
}

/** Whether a label is in a language that the analysis reads. */
export function isInspected({ lang }: Label): boolean {
  return inspectedLanguages.has(lang)
}

/** Answers the labels of a repository: reported is what has a finding of the rule within two lines of the place or of an `alt`. */
export function answer(labels: readonly Label[], findings: readonly Finding[]): Answer[] {
  return labels.map((label) => ({
    label,
    isReported: placesOf(label).some((place) =>
      findings.some(
        ({ rule, file, line }) =>
          rule === label.rule && file === place.file && Math.abs(line - place.line) <= tolerance,
      ),
    ),
  }))
}

/** The answers counted by rule, rules with the most labels first. */
export function scores(answers: readonly Answer[]): Score[] {
  const byRule = Map.groupBy(answers, ({ label }) => label.rule)
  return [...byRule]
    .map(([rule, some]) => score(rule, some))
    .toSorted((a, b) => b.problems + b.fine - (a.problems + a.fine) || (a.rule < b.rule ? -1 : 1))
}

/** The answers counted together. */
export function score(rule: string, answers: readonly Answer[]): Score {
  const problems = answers.filter(({ label }) => label.verdict === 'problem')
  const fine = answers.filter(({ label }) => label.verdict === 'fine')
  const reported = (some: readonly Answer[]) => some.filter(({ isReported }) => isReported).length
  return {
    rule,
    problems: problems.length,
    found: reported(problems),
    fine: fine.length,
    reported: reported(fine),
  }
}

/** The share of problems that were found; null where there are none. */
export function recall({ problems, found }: Score): number | null {
  return problems === 0 ? null : found / problems
}

/** The share of fine places that were reported; null where there are none. */
export function falsePositiveRate({ fine, reported }: Score): number | null {
  return fine === 0 ? null : reported / fine
}

function placesOf({ file, line, alt = [] }: Label): { file: string; line: number }[] {
  const others = alt.map((place) => {
    const colon = place.lastIndexOf(':')
    return { file: place.slice(0, colon), line: Number(place.slice(colon + 1)) }
  })
  return [{ file, line }, ...others]
}
