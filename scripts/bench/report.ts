import { readFile, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { inRepository } from '../repository.ts'
import { aligned } from './figures.ts'
import type { Goal, Section, SectionReport } from './section.ts'

/** A section with what it found. */
export interface Finished {
  readonly section: Pick<Section, 'id' | 'title'>
  readonly report: SectionReport
}

/** A section's table and its goals, for the terminal. */
export function sectionText({ section, report }: Finished): string {
  const goals = report.goals.map(({ name, measured, goal, met, note }) => [
    met ? 'ok' : 'MISSED',
    name,
    measured,
    goal,
    note,
  ])
  return [
    section.title,
    ...(report.rows.length === 0 ? [] : [aligned([report.columns, ...report.rows])]),
    aligned(goals),
    ...(report.notes ?? []),
  ].join('\n\n')
}

/** What was measured on: figures of another machine are not comparable. */
export function machineLine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  return `Measured on ${availableParallelism()} cores (${model}), ${process.platform} ${process.arch}, Node ${process.version}.`
}

/** Where a bench's figures are kept: a document in `docs/`, between marks with the script's name. */
export interface Place {
  readonly script: string
  readonly document: string
  readonly sections: readonly Pick<Section, 'id'>[]
}

/** Puts sections between the marks of their document. */
export async function writeFigures(place: Place, finished: readonly Finished[]): Promise<void> {
  const file = inRepository('docs', place.document)
  const text = await readFile(file, 'utf8')
  await writeFile(file, withFigures(text, place, finished, machineLine()))
}

/**
 * A document with the figures between its marks, and what they were measured on. Sections that were not run stay as they
 * are, if they are of the same machine. Throws where the document has no marks.
 */
export function withFigures(
  text: string,
  { script, document, sections }: Place,
  finished: readonly Finished[],
  machine: string,
): string {
  const marked = new RegExp(`<!-- ${script} -->[^]*<!-- /${script} -->`)
  const before = marked.exec(text)?.[0]
  if (before === undefined) throw new Error(`docs/${document} has no marks for the figures of ${script}.`)
  const kept = before.includes(machine) ? before : ''
  const parts = sections.flatMap(({ id }) => {
    const fresh = finished.find(({ section }) => section.id === id)
    return fresh === undefined ? (partOf(kept, `${script}:${id}`) ?? []) : markdown(fresh, script)
  })
  const block = [`<!-- ${script} -->`, ...parts, machine, `<!-- /${script} -->`].join('\n\n')
  return text.replace(marked, () => block)
}

function partOf(block: string, mark: string): string | undefined {
  const start = block.indexOf(`<!-- ${mark} -->`)
  const end = `<!-- /${mark} -->`
  return start === -1 ? undefined : block.slice(start, block.indexOf(end) + end.length)
}

function markdown({ section, report }: Finished, script: string): string {
  return [
    `<!-- ${script}:${section.id} -->`,
    `**${section.title}**`,
    ...(report.rows.length === 0 ? [] : [table(report.columns, report.rows)]),
    table(['', 'measured', 'goal', ''], report.goals.map(goalCells)),
    `<!-- /${script}:${section.id} -->`,
  ].join('\n\n')
}

function goalCells({ name, measured, goal, met }: Goal): string[] {
  return [name, measured, goal, met ? 'met' : 'missed']
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [columns, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', String.raw`\|`)))
  const widths = columns.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`
  const [head = [], ...body] = cells
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join(
    '\n',
  )
}
