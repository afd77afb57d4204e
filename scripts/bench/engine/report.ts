import { readFile, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { inRepository } from '../../repository.ts'
import { aligned } from '../figures.ts'
import type { Goal, Section, SectionReport } from './section.ts'

/** A section with what it found. */
export interface Finished {
  readonly section: Section
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
  return [section.title, aligned([report.columns, ...report.rows]), aligned(goals)].join('\n\n')
}

/** What was measured on: figures of another machine are not comparable. */
export function machineLine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  return `Measured on ${availableParallelism()} cores (${model}), ${process.platform} ${process.arch}, Node ${process.version}.`
}

const marked = /<!-- bench:engine -->[^]*<!-- \/bench:engine -->/

/** Puts sections between the README's marks; those that were not run stay if they are of the same machine. */
export async function writeReadme(all: readonly Section[], finished: readonly Finished[]): Promise<void> {
  const file = inRepository('README.md')
  const readme = await readFile(file, 'utf8')
  const before = marked.exec(readme)?.[0]
  if (before === undefined) throw new Error('README.md has no marks for the figures of the engine.')
  const machine = machineLine()
  const kept = before.includes(machine) ? before : ''
  const parts = all.flatMap((section) => {
    const fresh = finished.find((each) => each.section.id === section.id)
    return fresh === undefined ? (partOf(kept, section.id) ?? []) : markdown(fresh)
  })
  const block = ['<!-- bench:engine -->', ...parts, machine, '<!-- /bench:engine -->'].join('\n\n')
  await writeFile(
    file,
    readme.replace(marked, () => block),
  )
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
    table(report.columns, report.rows),
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
