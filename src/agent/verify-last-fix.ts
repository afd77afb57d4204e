import { failureData } from '../model/failure.ts'
import type { Run } from '../model/run.ts'
import type { Verification } from '../model/verification.ts'
import type { FixedFile } from '../workflows/fix.ts'
import { asRequest } from './chosen-route.ts'
import type { AgentHost } from './host.ts'
import { oneLine } from './one-line.ts'
import type { AppliedFix } from './session.ts'
import type { ToolContext } from './tool.ts'

/** What became of the fixes of this session on a route that holds now. */
export interface FixVerification {
  readonly verdict: Verification['verdict']
  readonly lines: readonly string[]
}

/** As short as can be told from noise: many clients give up on a call after a minute. */
const shortest = { secondsPerTurn: 1, rounds: 3 }

/**
 * Verifies the fixes that this session applied on a run's route and that were not verified yet: the code before and after
 * them is loaded in turn, and fixes that are refuted are taken back. Null where there are none, or where the run doesn't
 * hold: then the agent goes on first. That it can't be measured is a result; nothing is thrown.
 */
export async function verifyLastFixes(run: Run, context: ToolContext): Promise<FixVerification | null> {
  const { session, signal, onProgress } = context
  const { host } = session
  const fixes = session.fixes.filter(({ routes }) => routes.includes(run.route))
  const [fix] = fixes
  if (run.verdict.kind !== 'holds' || fix === undefined) return null
  try {
    const files = await together(fixes, (file) => host.read(file))
    const order = {
      root: host.root,
      config: await host.config(),
      route: asRequest(run.route),
      files,
      finding: fix.finding,
      contractChange: fixes.some(({ safety }) => safety === 'review'),
      start: true,
      users: Math.max(1, ...run.plan.steps.map(({ users }) => users)),
      ...shortest,
    }
    const verification = await host.call(
      'verifyUnderLoad',
      order,
      ({ activity }) => onProgress(activity),
      signal,
    )
    const isTakenBack = verification.verdict === 'refuted' && (await takeBack(fixes, files, host))
    return { verdict: verification.verdict, lines: verificationLines(verification, isTakenBack) }
  } catch (error) {
    const { message, forModels = message } = failureData(error)
    return { verdict: 'not-measured', lines: [`fix not verified: ${oneLine(forModels, 160)}`] }
  } finally {
    if (!signal.aborted) for (const each of fixes) session.fixes.splice(session.fixes.indexOf(each), 1)
  }
}

/** Several fixes as one change: each file as it was before the first of them, and as it is now. */
async function together(
  fixes: readonly AppliedFix[],
  read: (file: string) => Promise<string>,
): Promise<FixedFile[]> {
  const before = new Map<string, string>()
  for (const { file, before: text } of fixes.flatMap(({ files }) => files)) {
    if (!before.has(file)) before.set(file, text)
  }
  return Promise.all(
    [...before].map(async ([file, text]) => ({ file, before: text, after: await read(file) })),
  )
}

/** False where a file isn't as the fixes left it: what somebody has written since is not overwritten. */
async function takeBack(
  fixes: readonly AppliedFix[],
  files: readonly FixedFile[],
  host: AgentHost,
): Promise<boolean> {
  const left = new Map(fixes.flatMap((fix) => fix.files).map(({ file, after }) => [file, after]))
  if (files.some(({ file, after }) => left.get(file) !== after)) return false
  return host.write(files.map(({ file, before, after }) => ({ file, before: after, after: before }))).then(
    () => true,
    () => false,
  )
}

const verdicts: Readonly<Record<Verification['verdict'], string>> = {
  verified: 'fix VERIFIED, before and after loaded in turn',
  refuted: 'fix REFUTED',
  'not-measured': 'fix not verified',
}

function verificationLines({ verdict, checks }: Verification, isTakenBack: boolean): string[] {
  const left = isTakenBack ? ', and taken back' : ', and left where it is: the files changed since'
  return [
    `${verdicts[verdict]}${verdict === 'refuted' ? left : ''}`,
    ...checks.map(({ id, outcome, message }) => `  ${id}: ${outcome}, ${oneLine(message, 160)}`),
  ]
}
