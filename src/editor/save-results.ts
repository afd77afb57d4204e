import * as vscode from 'vscode'
import type { Run } from '../model/run.ts'
import type { PanelContent } from './panel-content.ts'

/** The report formats as people choose one: those of the registry that are meant for files. */
const reportFormats = [
  { id: 'html', extension: 'html' },
  { id: 'markdown', extension: 'md' },
  { id: 'csv', extension: 'csv' },
  { id: 'junit', extension: 'xml' },
  { id: 'hlog', extension: 'hlog' },
] as const
type ReportFormat = (typeof reportFormats)[number]

/** Puts the run that is shown on the clipboard as Markdown, for a pull request. */
export async function copyMarkdown(content: PanelContent, run: Run): Promise<void> {
  await vscode.env.clipboard.writeText(await render('markdown', content, run))
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) The result is on the clipboard.'), 5000)
}

/** Asks for a format and a place, and writes a report of the run that is shown, with the one before it. */
export async function saveReport(content: PanelContent, run: Run): Promise<void> {
  const picked = await vscode.window.showQuickPick(
    reportFormats.map((format) => ({ label: titleOf(format), description: `.${format.extension}`, format })),
    { title: vscode.l10n.t('Save report as') },
  )
  if (picked === undefined) return
  const { id, extension } = picked.format
  const name = vscode.Uri.joinPath(content.folder.uri, `${run.id}.${extension}`)
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save report'),
    defaultUri: name,
    filters: { [titleOf(picked.format)]: [extension] },
  })
  if (uri === undefined) return
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(await render(id, content, run)))
  await offerToOpen(uri)
}

/** Asks for a place and writes a chart's picture. `png` is base64. */
export async function saveImage(
  { folder }: PanelContent,
  { name, png }: { readonly name: string; readonly png: string },
): Promise<void> {
  const fileName = name.replaceAll(/[^\w.-]+/g, '-').replace(/\.png$/, '')
  const uri = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save picture'),
    defaultUri: vscode.Uri.joinPath(folder.uri, `${fileName || 'chart'}.png`),
    filters: { [vscode.l10n.t('Picture')]: ['png'] },
  })
  if (uri === undefined) return
  await vscode.workspace.fs.writeFile(uri, Buffer.from(png, 'base64'))
  await offerToOpen(uri)
}

function titleOf({ id }: ReportFormat): string {
  switch (id) {
    case 'html':
      return vscode.l10n.t('Web page')
    case 'markdown':
      return vscode.l10n.t('Markdown')
    case 'csv':
      return vscode.l10n.t('Table (CSV)')
    case 'junit':
      return vscode.l10n.t('Test results (JUnit)')
    case 'hlog':
      break
  }
  return vscode.l10n.t('Histogram log (HdrHistogram)')
}

async function render(format: string, { snapshot }: PanelContent, run: Run): Promise<string> {
  const { workflows } = await import('./workflows.ts')
  const { renderReport } = await workflows.report()
  const runs = snapshot.before === null ? ([run] as const) : ([snapshot.before, run] as const)
  return renderReport(format, runs, { colours: false })
}

async function offerToOpen(uri: vscode.Uri): Promise<void> {
  const open = vscode.l10n.t('Open')
  const saved = vscode.l10n.t('Saved {0}.', vscode.workspace.asRelativePath(uri))
  if ((await vscode.window.showInformationMessage(saved, open)) !== open) return
  if (uri.path.endsWith('.html')) await vscode.env.openExternal(uri)
  else await vscode.commands.executeCommand('vscode.open', uri)
}
