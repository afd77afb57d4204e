import assert from 'node:assert/strict'
import * as vscode from 'vscode'

/** The text that a model gets of a result: all its text parts. */
export function textOf({ content }: vscode.LanguageModelToolResult): string {
  const parts = content.filter((part) => part instanceof vscode.LanguageModelTextPart)
  assert.equal(parts.length, content.length, 'all parts are text')
  return parts.map(({ value }) => value).join('\n')
}

/**
 * Calls a tool as any extension may. What asks for confirmation is agreed to: dialogs are not shown where an extension is
 * tested.
 */
export async function callTool(
  name: string,
  input: object,
  token?: vscode.CancellationToken,
): Promise<string> {
  return textOf(await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined }, token))
}
