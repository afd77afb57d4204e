import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { ReportedRuns } from '../report/format.ts'
import { formats } from '../report/index.ts'
import { compare, judgementOf } from './compare.ts'

export const formatIds: readonly string[] = formats.map(({ id }) => id)

/**
 * Renders one run, or two as before and after, in a format of the registry. `colours` is for the terminal text.
 * Throws `HR_FORMAT` for an unknown format, `HR_ASSETS` when the built panel is missing.
 */
export async function renderReport(
  formatId: string,
  runs: ReportedRuns,
  options: { colours: boolean },
): Promise<string> {
  const format = formats.find(({ id }) => id === formatId)
  if (format === undefined)
    throw new Failure('HR_FORMAT', l10n.t('There is no format "{0}": {1}.', formatId, formatIds.join(', ')))
  const [before, after] = runs
  const comparison = after === undefined ? null : compare(before, after)
  const assets = format.id === 'html' ? { assets: await reportAssets() } : {}
  const judgement = comparison === null ? null : judgementOf(comparison)
  return format.render({ runs, comparison, judgement, colours: options.colours, ...assets })
}

async function reportAssets(): Promise<{ script: string; style: string }> {
  const folder = new URL(
    import.meta.url.endsWith('.ts') ? '../../dist/webview/' : './webview/',
    import.meta.url,
  )
  const read = (name: string): Promise<string> =>
    readFile(fileURLToPath(new URL(name, folder)), 'utf8').catch(() => {
      throw new Failure(
        'HR_ASSETS',
        l10n.t('{0} is missing from the installation. Build it with: npm run build', name),
      )
    })
  const [script, style] = await Promise.all([read('report.js'), read('report.css')])
  return { script, style }
}
