import type { CheckReport, Finding } from '../model/finding.ts'
import type { Cause } from '../model/verdict.ts'
import { fixesOffered, withIds, type KnownFinding } from './known-findings.ts'
import type { AgentHost } from './host.ts'
import { quoted } from './one-line.ts'

/** How `headroom_apply_fix` is called for a fix. */
export function applyCall(id: string, fixId: string, hash: string): string {
  return `headroom_apply_fix finding_id=${id} fix_id=${fixId} expected_hash=${hash}`
}

/** How rows are planned; nothing is written by it. */
export const seedCall = 'headroom_seed_data scale=small dry_run=true'

/** How the load test of a route is called. */
export function loadTestCall(key: string): string {
  return `headroom_load_test_route route=${quoted(key)}`
}

/** The first fix of some of a report's findings that can be applied, for the likeliest cause first and otherwise in the report's order; null where none can. */
export async function suggestFix(
  host: AgentHost,
  { findings: all }: CheckReport,
  findings: readonly Finding[],
  causes: readonly Cause[],
): Promise<string | null> {
  // Ids count equal lines in the whole report, so that they are the same whatever is asked for.
  const known = (await withIds(host, all)).filter(({ finding }) => findings.includes(finding))
  const rank = ({ finding }: KnownFinding): number => {
    const at = causes.findIndex(
      ({ rule, file, line }) => rule === finding.rule && file === finding.file && line === finding.line,
    )
    return at === -1 ? causes.length : at
  }
  for (const { id, finding } of known.toSorted((one, other) => rank(one) - rank(other))) {
    const [offer] = await fixesOffered(host, finding)
    if (offer === undefined) continue
    const call = applyCall(id, offer.fix.id, offer.hash)
    return offer.fix.safety === 'safe'
      ? call
      : `ask the person, because clients get another answer, then ${call}`
  }
  return null
}
