import type { CheckReport } from '../model/finding.ts'
import type { Run } from '../model/run.ts'
import { findingsOf } from './chosen-route.ts'
import { quoted } from './one-line.ts'
import { mostAttempts, type AgentSession } from './session.ts'
import { holdsFewRows } from './run-lines.ts'
import { loadTestCall, seedCall, suggestFix } from './suggestion.ts'
import type { FixVerification } from './verify-last-fix.ts'

/** What a model does after a load test: nothing where it holds, else the likeliest fix, and after three attempts a person. */
export async function nextAfterRun(
  session: AgentSession,
  run: Run,
  report: CheckReport,
  verification: FixVerification | null = null,
): Promise<string> {
  const { kind, causes } = run.verdict
  const test = loadTestCall(run.route)
  if (kind === 'holds' && verification?.verdict === 'refuted') {
    return 'stop here; tell the person what the fix changed, and whether it was taken back'
  }
  if (kind === 'holds') {
    return holdsFewRows(run) && !session.hasSeeded ? `${seedCall}, then ${test}` : 'done'
  }
  if (kind === 'stopped') return 'ask the person before calling it again'
  if (session.attemptsOf(run.route) >= mostAttempts) {
    return 'stop here; tell the person what was tried and what the numbers are'
  }
  if (kind === 'not-measured') return `mend what the first line says, then ${test}`
  const findings = findingsOf(run.route, report.findings)
  const fix = await suggestFix(session.host, report, findings, causes)
  if (fix !== null) return `${fix}, then headroom_load_test_route`
  const why = findings.length === 0 ? 'no finding explains it' : 'no fix can be applied for it'
  return `${why}: headroom_inspect_route route=${quoted(run.route)}, edit the code, then headroom_load_test_route`
}
