import * as vscode from 'vscode'
import type { Finding, FixSummary } from '../model/finding.ts'
import { placeFindings, type PlacedFinding } from './diagnostics.ts'
import type { Failures } from './failures.ts'
import { fixDocuments, workspaceEdit } from './fix-edits.ts'
import { assistantAction } from './agents/assistant-action.ts'
import type { Inspections } from './inspections.ts'
import type { Inspector } from './inspector.ts'
import { inspectedDocuments } from './languages.ts'
import { fileUri, spanRange } from './places.ts'

/** A fix in the light bulb; what it changes is worked out when it is chosen. */
class FixAction extends vscode.CodeAction {
  readonly inspector: Inspector
  readonly finding: Finding
  readonly fixId: string

  constructor(
    inspector: Inspector,
    finding: Finding,
    fix: FixSummary,
    kind = vscode.CodeActionKind.QuickFix,
  ) {
    super(fix.title, kind)
    this.inspector = inspector
    this.finding = finding
    this.fixId = fix.id
    this.isPreferred = kind === vscode.CodeActionKind.QuickFix && fix.safety === 'safe'
  }
}

/** What can be added where nothing is wrong: a cache, a rate limit. */
const scaffoldKind = vscode.CodeActionKind.RefactorRewrite.append('headroom')

/** The light bulb's fixes, at the defect and at the handler's call. Nothing is ever fixed on save. */
export function provideCodeActions(inspections: Inspections, failures: Failures): vscode.Disposable {
  const provider: vscode.CodeActionProvider = {
    async provideCodeActions(document, range, context, token) {
      const inspector = inspections.of(document.uri)
      const report = (await inspector?.current(token)) ?? null
      if (inspector === null || report === null) return []
      const here = document.uri.toString()
      const scaffolds = report.scaffolds
        .filter(({ file }) => fileUri(inspector.folder, file).toString() === here)
        .filter((scaffold) => spanRange(scaffold).intersection(range) !== undefined)
        .flatMap((scaffold) =>
          scaffold.fixes.map((fix) => new FixAction(inspector, scaffold, fix, scaffoldKind)),
        )
      const placed = placeFindings(inspector.folder, report).filter(
        ({ uri, range: place }) => uri.toString() === here && place.intersection(range) !== undefined,
      )
      const fixes = placed.flatMap((each) =>
        each.finding.fixes.map((fix) =>
          onDiagnostics(new FixAction(inspector, each.finding, fix), each, context),
        ),
      )
      // Last: what Headroom can carry out itself is proven.
      const assisted = placed
        .filter(({ finding }) => finding.fixes.length === 0)
        .map((each) => onDiagnostics(assistantAction(inspector, each.finding), each, context))
      return [...fixes, ...assisted, ...scaffolds]
    },
    async resolveCodeAction(action) {
      if (!(action instanceof FixAction)) return action
      try {
        action.edit = workspaceEdit(await fixDocuments(action.inspector, action.finding, action.fixId))
      } catch (error) {
        // The editor swallows what a resolve throws, and would do nothing without a word.
        void failures.present(error)
      }
      return action
    },
  }
  return vscode.languages.registerCodeActionsProvider(inspectedDocuments, provider, {
    providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, scaffoldKind],
  })
}

/** The action as one that ends the finding's diagnostics. */
function onDiagnostics<A extends vscode.CodeAction>(
  action: A,
  { finding, range }: PlacedFinding,
  { diagnostics }: vscode.CodeActionContext,
): A {
  action.diagnostics = diagnostics.filter(
    (each) => ruleOf(each) === finding.rule && each.range.intersection(range) !== undefined,
  )
  return action
}

function ruleOf({ source, code }: vscode.Diagnostic): string | number | null {
  if (source !== 'Headroom' || code === undefined) return null
  return typeof code === 'object' ? code.value : code
}
