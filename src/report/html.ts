import { createHash } from 'node:crypto'
import * as l10n from '@vscode/l10n'
import type { Run } from '../model/run.ts'
import { conditionRows } from './content/conditions.ts'
import { caveat, deltaRows } from './content/deltas.ts'
import { errorGroups } from './content/errors.ts'
import { beforeRun, type Format, reportedRun, type ReportInput } from './format.ts'
import { escapeMarkup } from './markup.ts'
import { growthSentences, growthTitle } from './content/growth.ts'
import { requestTable } from './content/request-table.ts'
import { notMeasuredSentence, stepTable, type StepTable } from './content/step-table.ts'
import { beforeSentence, otherReasons, summarise } from './content/summary.ts'
import { thinTicks } from './content/ticks.ts'

/** JSON that can stand in a script element: nothing in it can end the element or start a comment. */
function embedJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u{2028}', '\\u2028')
    .replaceAll('\u{2029}', '\\u2029')
}

/** A script's text so that an HTML parser finds its end where it is: the escapes mean the same inside JavaScript's strings. */
function embedScript(script: string): string {
  return script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')
}

/** As many ticks as a chart has places for. */
const drawnTicks = 600

/** A run without what the report doesn't draw and which is most of a run's size: the ticks' histograms, and too many ticks. */
function slimmed(run: Run): Run {
  return { ...run, ticks: thinTicks(run.ticks, drawnTicks).map((tick) => ({ ...tick, histogram: '' })) }
}

function tableMarkup(
  caption: string,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const head = headings.map((heading) => `<th scope="col">${escapeMarkup(heading)}</th>`).join('')
  const body = rows.map(([first = '', ...cells]) => {
    const data = cells.map((cell) => `<td>${escapeMarkup(cell)}</td>`).join('')
    return `<tr><th scope="row">${escapeMarkup(first)}</th>${data}</tr>`
  })
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeMarkup(caption)}"><table><caption>${escapeMarkup(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`
}

function stepsMarkup(run: Run, caption: string): string {
  const table = stepTable(run.steps, run.plan.budget)
  const note = notMeasuredSentence(table)
  const measured = table.rows.length === 0 ? '' : cellsMarkup(caption, l10n.t('Load'), table)
  const requests = requestTable(run.steps)
  return [
    measured,
    note === '' ? '' : `<p>${escapeMarkup(note)}</p>`,
    requests === null ? '' : cellsMarkup(requests.title, l10n.t('Request'), requests.table),
  ].join('')
}

function cellsMarkup(caption: string, heading: string, { columns, rows }: StepTable): string {
  const texts = rows.map((row) => [
    row.heading,
    ...row.cells.map((cell) => (cell.breached ? `✗ ${cell.text}` : cell.text)),
  ])
  return tableMarkup(caption, [heading, ...columns], texts)
}

function growthMarkup({ volume }: Run): string {
  if (volume === undefined) return ''
  const items = growthSentences(volume).map((text) => `<li>${escapeMarkup(text)}</li>`)
  return `<h2>${escapeMarkup(growthTitle(volume))}</h2><ul>${items.join('')}</ul>`
}

/** Everything a reader needs as plain HTML, shown as it stands where scripts don't run and replaced by the charts where they do. */
function staticBody({ runs, comparison }: ReportInput): string {
  const run = reportedRun(runs)
  const before = beforeRun(runs)
  const parts = [`<h1>${escapeMarkup(run.verdict.sentence)}</h1>`, `<p>${escapeMarkup(summarise(run))}</p>`]
  parts.push(
    `<ul>${otherReasons(run.verdict)
      .map((reason) => `<li>${escapeMarkup(reason)}</li>`)
      .join('')}</ul>`,
  )
  parts.push(growthMarkup(run))
  if (before !== null) parts.push(`<p>${escapeMarkup(beforeSentence(before))}</p>`)
  if (comparison !== null) {
    const rows = deltaRows(comparison).map((row) => [row.name, row.before, row.after, row.change])
    parts.push(`<p>${escapeMarkup(caveat(comparison))}</p>`)
    parts.push(
      tableMarkup(
        l10n.t('Before and after'),
        ['', l10n.t('before'), l10n.t('after'), l10n.t('change')],
        rows,
      ),
    )
  }
  parts.push(stepsMarkup(run, l10n.t('Load steps')))
  if (before !== null) parts.push(stepsMarkup(before, l10n.t('Load steps of the run before')))
  const errors = errorGroups(run.steps).map(
    (group) => `<li>${group.count} × ${escapeMarkup(group.title)}: ${escapeMarkup(group.sample ?? '')}</li>`,
  )
  if (errors.length > 0) parts.push(`<h2>${escapeMarkup(l10n.t('Errors'))}</h2><ul>${errors.join('')}</ul>`)
  const conditions = conditionRows(run.plan, run.conditions, run.preflight, run.steps).map(
    ([term, value]) => `<dt>${escapeMarkup(term)}</dt><dd>${escapeMarkup(value)}</dd>`,
  )
  parts.push(`<h2>${escapeMarkup(l10n.t('Conditions'))}</h2><dl>${conditions.join('')}</dl>`)
  return parts.filter((part) => part !== '<ul></ul>' && part !== '<p></p>' && part !== '').join('\n')
}

function contentHash(content: string): string {
  return `'sha256-${createHash('sha256').update(content, 'utf8').digest('base64')}'`
}

/**
 * One self-contained page: it loads nothing, its policy lets nothing but its own script and style run, and without
 * scripts (or without {@link ReportInput.assets}) it still says everything in text and tables.
 */
export const html = {
  id: 'html',
  title: l10n.t('HTML, one self-contained page'),
  extension: 'html',
  render(input) {
    const run = reportedRun(input.runs)
    const style = input.assets?.style.replaceAll('</style', '<\\/style') ?? ''
    const script = input.assets === undefined ? '' : embedScript(input.assets.script)
    const data = embedJson({ runs: input.runs.map(slimmed), comparison: input.comparison })
    // The toolkit probes the browser with an empty style element: its hash lets that through and nothing else.
    const styles = `${contentHash(style)} ${contentHash('')}`
    const policy = `default-src 'none'; connect-src 'none'; base-uri 'none'; form-action 'none'; script-src ${contentHash(script)}; style-src ${styles}`
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Headroom">
<title>${escapeMarkup(`${run.route}: ${run.verdict.sentence}`)}</title>
<style>${style}</style>
</head>
<body>
<main id="headroom">
${staticBody(input)}
</main>
<script type="application/json" id="headroom-data">${data}</script>
<script>${script}</script>
</body>
</html>
`
  },
} as const satisfies Format
