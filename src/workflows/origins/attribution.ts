import type { CheckReport } from '../../model/finding.ts'
import { provenanceText, type AttributedLines } from '../../model/provenance.ts'
import type { Route } from '../../model/route.ts'

/** So many lines are a block of its own, however long the handler. */
const enoughLines = 5
const enoughShare = 0.5

/**
 * A report with `provenance` on its findings and routes: where at least half of the lines that they cover, or five, are
 * attributed. Blank lines don't count in files that `texts` has.
 */
export function withProvenance(
  report: CheckReport,
  attributed: readonly AttributedLines[],
  texts: ReadonlyMap<string, string>,
): CheckReport {
  const byFile = Map.groupBy(attributed, ({ file }) => file)
  const linesBy = new Map([...texts].map(([file, text]) => [file, text.split('\n')]))
  const label = (place: Covered): string | null =>
    labelOfLines(place, byFile.get(place.file) ?? [], linesBy.get(place.file))
  return {
    ...report,
    routes: report.routes.map((route) => {
      const provenance = label(route.handler ?? route)
      const { provenance: _before, ...rest }: Route = route
      return provenance === null ? rest : { ...rest, provenance }
    }),
    findings: report.findings.map((finding) => ({ ...finding, provenance: label(finding) })),
  }
}

interface Covered {
  readonly file: string
  readonly line: number
  readonly endLine: number
}

function labelOfLines(
  { line, endLine }: Covered,
  attributed: readonly AttributedLines[],
  lines: readonly string[] | undefined,
): string | null {
  const within = attributed
    .map((each) => ({
      ...each,
      count: Math.min(each.endLine, endLine) - Math.max(each.startLine, line) + 1,
    }))
    .filter(({ count }) => count > 0)
  const all =
    lines?.slice(line - 1, endLine).filter((text) => text.trim() !== '').length ?? endLine - line + 1
  const isEnough = (some: typeof within): boolean => {
    const count = some.reduce((sum, each) => sum + each.count, 0)
    return count > 0 && (count >= enoughLines || count >= all * enoughShare)
  }
  const inserted = within.filter(({ label }) => label === 'ai-inserted')
  // What is surely an assistant's must be enough by itself: one such line doesn't make a block more than it is.
  const some = [inserted, within].find(isEnough)
  const strongest = some?.toSorted((one, other) => other.score - one.score || other.count - one.count)[0]
  if (strongest === undefined) return null
  return provenanceText(some === inserted ? strongest : { ...strongest, label: 'inserted-block' })
}
