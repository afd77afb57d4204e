import { readFile, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { inRepository } from '../../repository.ts'
import { aligned } from '../figures.ts'
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

const marked = /<!-- bench:engine -->[^]*<!-- \/bench:engine -->/

/** Puts sections between the marks of docs/load-engine.md. */
export async function writeFigures(all: readonly Section[], finished: readonly Finished[]): Promise<void> {
  const file = inRepository('docs', 'load-engine.md')
  const text = await readFile(file, 'utf8')
  await writeFile(file, withFigures(text, { all, finished, machine: machineLine() }))
}

/** What goes between the marks: all sections in their order, those that finished, and what they were measured on. */
export interface Figures {
  readonly all: readonly Pick<Section, 'id'>[]
  readonly finished: readonly Finished[]
  readonly machine: string
}

/** A document with the figures between its marks. Sections that were not run stay as they are, if they are of the same machine. */
export function withFigures(document: string, { all, finished, machine }: Figures): string {
  const before = marked.exec(document)?.[0]
  if (before === undefined) throw new Error('docs/load-engine.md has no marks for the figures of the engine.')
  const kept = before.includes(machine) ? before : ''
  const parts = all.flatMap(({ id }) => {
    const fresh = finished.find(({ section }) => section.id === id)
    return fresh === undefined ? (partOf(kept, id) ?? []) : markdown(fresh)
  })
  const block = ['<!-- bench:engine -->', ...parts, machine, '<!-- /bench:engine -->'].join('\n\n')
  return document.replace(marked, () => block)
}

function partOf(block: string, id: string): string | undefined {
  const start = block.indexOf(`<!-- bench:engine:${id} -->`)
  const end = `<!-- /bench:engine:${id} -->`
  return start === -1 ? undefined : block.slice(start, block.indexOf(end) + end.length)
}

function markdown({ section, report }: Finished): string {
  return [
    `<!-- bench:engine:${section.id} -->`,
    `**${section.title}**`,
    ...(report.rows.length === 0 ? [] : [table(report.columns, report.rows)]),
    table(['', 'measured', 'goal', ''], report.goals.map(goalCells)),
    `<!-- /bench:engine:${section.id} -->`,
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
