import * as l10n from '@vscode/l10n'
import type { Comparison } from '../model/comparison.ts'
import type { Run } from '../model/run.ts'
import type { Verdict, VerdictKind } from '../model/verdict.ts'
import { caveat, deltaLine, deltaRows } from './content/deltas.ts'
import { beforeRun, type Format, judgementSentence, reportedRun } from './format.ts'
import { growthSentences, growthTitle } from './content/growth.ts'
import { requestTable } from './content/request-table.ts'
import { notMeasuredSentence, stepTable, type StepTable } from './content/step-table.ts'
import { errorGroups } from './content/errors.ts'
import { beforeSentence, causePlace, causeTitle, confidenceText, otherReasons } from './content/summary.ts'

type Paint = (text: string) => string

interface Palette {
  readonly bold: Paint
  readonly muted: Paint
  readonly bad: Paint
  readonly good: Paint
}

const escape = '\u{1B}'

function paletteFor(colours: boolean): Palette {
  const paint = (on: number, off: number): Paint =>
    colours ? (text) => `${escape}[${on}m${text}${escape}[${off}m` : (text) => text
  return { bold: paint(1, 22), muted: paint(2, 22), bad: paint(31, 39), good: paint(32, 39) }
}

/** Text from a server or a source file made safe for a terminal: no control characters, no new lines. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\u{2028}\u{2029}\u{202A}-\u{202E}\u{2066}-\u{2069}]+/gu, ' ').trim()
}

const icons: Readonly<Record<VerdictKind, { readonly icon: string; readonly paint: keyof Palette }>> = {
  holds: { icon: '✓', paint: 'good' },
  breaks: { icon: '✗', paint: 'bad' },
  'fails-before-load': { icon: '✗', paint: 'bad' },
  'not-measured': { icon: '?', paint: 'muted' },
  stopped: { icon: '■', paint: 'muted' },
}

function verdictLines(verdict: Verdict, palette: Palette): string[] {
  const { bold, muted } = palette
  const { icon, paint } = icons[verdict.kind]
  const lines = [`${palette[paint](icon)} ${bold(plain(verdict.sentence))}`]
  for (const [index, cause] of verdict.causes.entries()) {
    lines.push('', `  ${causeTitle(cause, index)} (${confidenceText(cause)}): ${plain(cause.message)}`)
    lines.push(`    ${l10n.t('at {0}', bold(plain(causePlace(cause))))}`)
    lines.push(...cause.evidence.map((item) => `    • ${plain(item)}`))
    lines.push(
      ...cause.fixes.map(
        (fix) => `    ${l10n.t('fix: {0}', plain(fix.title))} ${muted(`(${fix.id}, ${fix.safety})`)}`,
      ),
    )
  }
  const reasons = otherReasons(verdict)
  if (reasons.length > 0) lines.push('', ...reasons.map((reason) => `  • ${plain(reason)}`))
  return lines
}

/** The table with its columns lined up, numbers to the right; what broke the budget carries a ✗ as well as a colour. */
function tableLines(table: StepTable, { bold, bad, muted }: Palette): string[] {
  const marked = table.rows.map((row) => [
    { text: row.heading, breached: false, measured: true },
    ...row.cells.map((cell) => ({ ...cell, text: cell.breached ? `✗ ${cell.text}` : cell.text })),
  ])
  const headings = ['', ...table.columns]
  const widths = headings.map((heading, index) =>
    Math.max(heading.length, ...marked.map((row) => row[index]?.text.length ?? 0)),
  )
  const align = (text: string, index: number): string =>
    index === 0 ? text.padEnd(widths[index] ?? 0) : text.padStart(widths[index] ?? 0)
  const lines = marked.map((row) =>
    row
      .map(({ text, breached, measured }, index) => {
        const aligned = align(text, index)
        if (breached) return bad(aligned)
        return measured ? aligned : muted(aligned)
      })
      .join('  '),
  )
  return [bold(headings.map(align).join('  ')), ...lines].map((line) => `  ${line.trimEnd()}`)
}

function comparisonLines(comparison: Comparison, before: Run, sentence: string, palette: Palette): string[] {
  const { bold, muted } = palette
  const note = caveat(comparison)
  return [
    bold(l10n.t('Before and after')),
    ...(sentence === '' ? [] : [`  ${sentence}`]),
    ...(note === '' ? [] : [`  ${plain(note)}`]),
    ...deltaRows(comparison).map((row) => `  ${plain(deltaLine(row))}`),
    muted(`  ${plain(beforeSentence(before))}`),
  ]
}

function growthLines({ volume }: Run, { bold }: Palette): string[] {
  if (volume === undefined) return []
  return [bold(plain(growthTitle(volume))), ...growthSentences(volume).map((text) => `  • ${plain(text)}`)]
}

/** What a terminal shows at the end of a run: verdict, cause with its place and evidence, steps, errors, and the change since the run before. */
export const text = {
  id: 'text',
  title: l10n.t('Text, for the terminal'),
  extension: 'txt',
  render(input) {
    const { runs, comparison, colours = false } = input
    const run = reportedRun(runs)
    const before = beforeRun(runs)
    const paints = paletteFor(colours)
    const table = stepTable(run.steps, run.plan.budget)
    const requests = requestTable(run.steps)
    const errors = errorGroups(run.steps).map(
      (group) =>
        `  ${group.count} × ${group.title}${group.sample === null ? '' : `: ${plain(group.sample)}`}`,
    )
    const blocks = [
      [paints.muted(`${plain(run.route)} · ${run.plan.profile} · ${plain(run.conditions.loadModel)}`)],
      verdictLines(run.verdict, paints),
      growthLines(run, paints),
      comparison === null || before === null
        ? []
        : comparisonLines(comparison, before, judgementSentence(input), paints),
      table.rows.length === 0 ? [] : tableLines(table, paints),
      [notMeasuredSentence(table)].filter((line) => line !== '').map((line) => paints.muted(`  ${line}`)),
      requests === null ? [] : [paints.bold(requests.title), ...tableLines(requests.table, paints)],
      errors.length === 0 ? [] : [paints.bold(l10n.t('Errors')), ...errors],
    ]
    return `${blocks
      .filter((block) => block.length > 0)
      .map((block) => block.join('\n'))
      .join('\n\n')}\n`
  },
} as const satisfies Format
