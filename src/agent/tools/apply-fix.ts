import * as v from 'valibot'
import * as l10n from '@vscode/l10n'
import { Failure, failureData } from '../../model/failure.ts'
import type { CheckReport, Finding } from '../../model/finding.ts'
import { unifiedDiff, type FixedFile } from '../../workflows/fix.ts'
import type { AgentHost } from '../host.ts'
import { text } from '../input.ts'
import { findingWithId, prepareFix, type PreparedFix } from '../known-findings.ts'
import { code, fenced } from '../markdown.ts'
import { oneLine } from '../one-line.ts'
import { loadTestCall } from '../suggestion.ts'
import type { AgentTool, ToolContext } from '../tool.ts'

const input = v.strictObject({
  finding_id: text('The id of a finding, of headroom_inspect_route.', 40),
  fix_id: text('One of its fixes, of the same answer.', 80),
  expected_hash: text('The hash that stands beside the fix; it changes with the code.', 40),
})

/** More of a diff than people read before they agree. */
const mostDiffLines = 200

export const applyFix: AgentTool<v.InferOutput<typeof input>> = {
  name: 'headroom_apply_fix',
  title: 'Apply Fix',
  description:
    'Writes one fix that headroom_inspect_route or headroom_load_test_route offered, checks that the code parses, that the finding is gone and that nothing new is found, and takes it back at once otherwise. Prefer it to editing by hand where a fix is offered. Load test again afterwards.',
  input,
  readOnly: false,
  destructive: true,
  async confirm(asked, { session: { host } }) {
    const { finding, prepared } = await preparedAs(asked, host)
    const { fix, files } = prepared
    const lines = unifiedDiff(files).split('\n')
    const shown = lines.slice(0, mostDiffLines).join('\n')
    const more = lines.length - mostDiffLines
    return {
      title: l10n.t('Apply "{0}"?', oneLine(fix.title)),
      message: [
        l10n.t('{0} at {1}', code(finding.rule), code(`${oneLine(finding.file)}:${finding.line}`)),
        ...(fix.safety === 'safe' ? [] : [l10n.t('It changes what clients of this endpoint get.')]),
        fenced('diff', shown),
        ...(more > 0 ? [l10n.t('… and {0} more lines', more)] : []),
      ].join('\n\n'),
    }
  },
  run: (asked, context) => context.session.alone(l10n.t('applying a fix'), () => apply(asked, context)),
}

async function apply(
  asked: v.InferOutput<typeof input>,
  { session, onProgress }: ToolContext,
): Promise<string[]> {
  const { host } = session
  const { finding, prepared, report } = await preparedAs(asked, host)
  const { fix, files } = prepared
  onProgress(`Writing ${fix.title}`)
  await host.write(files)
  onProgress('Inspecting the changed code')
  const fault = await faultOf(host, finding, report)
  if (fault !== null) throw await takenBack(host, files, fault)
  const { rule, file, routes } = finding
  session.fixes.push({ finding: { rule, file, routes }, routes, safety: fix.safety, files })
  const route = finding.routes.find((key) => key === session.focus) ?? finding.routes[0]
  return [
    `APPLIED ${oneLine(fix.title)}: changed ${files.map((each) => oneLine(each.file, 80)).join(', ')}`,
    `checked: parses, ${finding.rule} is gone, nothing new is found${fix.safety === 'safe' ? '' : '; it changes what clients get, tell the person'}`,
    route === undefined ? 'next: headroom_list_routes' : `next: ${loadTestCall(route)}`,
  ]
}

interface Prepared {
  readonly finding: Finding
  readonly prepared: PreparedFix
  readonly report: CheckReport
}

/** The fix as it was offered. Throws `HR_CHANGED` where the code is another than then. */
async function preparedAs(
  { finding_id: id, fix_id: fixId, expected_hash: hash }: v.InferOutput<typeof input>,
  host: AgentHost,
): Promise<Prepared> {
  const report = await host.check()
  const finding = await findingWithId(host, report, id)
  const prepared = await prepareFix(host, finding, fixId)
  if (prepared.hash !== hash) {
    throw new Failure(
      'HR_CHANGED',
      l10n.t('{0} changed since this fix was offered. Nothing was written.', oneLine(finding.file)),
    )
  }
  return { finding, prepared, report }
}

/** What is wrong with the code now that wasn't before, in words; null where nothing is. */
async function faultOf(host: AgentHost, finding: Finding, before: CheckReport): Promise<string | null> {
  const after = await host.check().catch((error: unknown) => failureData(error).message)
  if (typeof after === 'string') return after
  const problem = firstNew(before.problems, after.problems, ({ kind, file }) => `${kind} ${file}`)
  if (problem !== null) return l10n.t('{0} can no longer be inspected', `${problem.file}:${problem.line}`)
  const known = count(before.findings, nameOf).get(nameOf(finding)) ?? 0
  if ((count(after.findings, nameOf).get(nameOf(finding)) ?? 0) >= known) {
    return l10n.t('{0} is still found there', finding.rule)
  }
  const added = firstNew(before.findings, after.findings, nameOf)
  return added === null ? null : l10n.t('it brings {0} at {1}', added.rule, `${added.file}:${added.line}`)
}

/** A finding without its place, which moves with the text above it. */
function nameOf({ rule, file, routes }: Finding): string {
  return JSON.stringify([rule, file, routes])
}

function firstNew<Item>(
  before: readonly Item[],
  after: readonly Item[],
  name: (item: Item) => string,
): Item | null {
  const known = count(before, name)
  const now = count(after, name)
  return after.find((item) => (now.get(name(item)) ?? 0) > (known.get(name(item)) ?? 0)) ?? null
}

function count<Item>(items: readonly Item[], name: (item: Item) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(name(item), (counts.get(name(item)) ?? 0) + 1)
  return counts
}

/** Takes the fix back, unless somebody changed the files since: their work is not overwritten. */
async function takenBack(host: AgentHost, files: readonly FixedFile[], fault: string): Promise<Failure> {
  const back = files.map(({ file, before, after }) => ({ file, before: after, after: before }))
  const texts = await Promise.all(files.map(({ file }) => host.read(file)))
  const foreign = files.find(({ after }, index) => texts[index] !== after)
  if (foreign !== undefined) {
    return new Failure(
      'HR_TAKEN_BACK',
      l10n.t(
        'The fix does not hold up: {0}. {1} was changed by somebody else meanwhile, so that it was left as it is.',
        fault,
        oneLine(foreign.file),
      ),
    )
  }
  await host.write(back)
  return new Failure('HR_TAKEN_BACK', l10n.t('The fix was taken back: {0}.', fault))
}
