import * as vscode from 'vscode'
import type { Finding, FixSummary } from '../model/finding.ts'
import { placeFindings } from './diagnostics.ts'
import type { Failures } from './failures.ts'
import { fixDocuments, workspaceEdit } from './fix-edits.ts'
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
  const provider: vscode.CodeActionProvider<FixAction> = {
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
      const fixes = placeFindings(inspector.folder, report)
        .filter((placed) => placed.uri.toString() === here && placed.range.intersection(range) !== undefined)
        .flatMap(({ finding, range: place }) =>
          finding.fixes.map((fix) => {
            const action = new FixAction(inspector, finding, fix)
            action.diagnostics = context.diagnostics.filter(
              (each) => ruleOf(each) === finding.rule && each.range.intersection(place) !== undefined,
            )
            return action
          }),
        )
      return [...fixes, ...scaffolds]
    },
    async resolveCodeAction(action) {
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

function ruleOf({ source, code }: vscode.Diagnostic): string | number | null {
  if (source !== 'Headroom' || code === undefined) return null
  return typeof code === 'object' ? code.value : code
}
