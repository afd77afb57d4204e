import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Node, Project, SyntaxKind, type CallExpression, type NewExpression, type SourceFile } from 'ts-morph'

const root = fileURLToPath(new URL('../..', import.meta.url))

function placeOf(node: Node): string {
  const file = node.getSourceFile().getFilePath().slice(root.length)
  return `${file}:${node.getStartLineNumber()} ${node.getText().replaceAll(/\s+/g, ' ').slice(0, 120)}`
}

function isTranslation(call: Node): call is CallExpression {
  return Node.isCallExpression(call) && /^(vscode\.)?l10n\.t$/.test(call.getExpression().getText())
}

/** The numbers in `{0}` of a text. */
function placeholders(text: string): number[] {
  const found = [...text.matchAll(/\{(\d+)\}/g)].map(([, number]) => Number(number))
  return [...new Set(found)].toSorted((one, other) => one - other)
}

/** Whether an expression is a text of `l10n.t`, made of such texts, or what a variable or a function gives. */
function givesTranslation(node: Node): boolean {
  if (Node.isParenthesizedExpression(node)) return givesTranslation(node.getExpression())
  if (Node.isConditionalExpression(node)) {
    return givesTranslation(node.getWhenTrue()) && givesTranslation(node.getWhenFalse())
  }
  if (Node.isBinaryExpression(node)) {
    return givesTranslation(node.getLeft()) && givesTranslation(node.getRight())
  }
  if (Node.isTemplateExpression(node)) {
    const between = [node.getHead(), ...node.getTemplateSpans().map((span) => span.getLiteral())]
    return between.every((part) => !/\p{L}/u.test(part.getLiteralText()))
  }
  if (Node.isIdentifier(node)) {
    const declaration = node.getSymbol()?.getValueDeclaration()
    const value = Node.isVariableDeclaration(declaration) ? declaration.getInitializer() : undefined
    return value === undefined || givesTranslation(value)
  }
  return Node.isCallExpression(node) || Node.isPropertyAccessExpression(node)
}

/** What a failure shows: its message, and the titles of its buttons. */
function shownBy(failure: NewExpression): Node[] {
  const [, message, options] = failure.getArguments()
  const titles = (options?.getDescendantsOfKind(SyntaxKind.PropertyAssignment) ?? [])
    .filter((property) => property.getName() === 'title')
    .flatMap((property) => property.getInitializer() ?? [])
  return [message, ...titles].filter((node) => node !== undefined)
}

describe('texts that people read', () => {
  let files: SourceFile[] = []
  let calls: CallExpression[] = []
  before(() => {
    const project = new Project({ skipAddingFilesFromTsConfig: true, compilerOptions: { noLib: true } })
    files = project.addSourceFilesAtPaths([`${root}/src/**/*.ts`, `${root}/webview/**/*.ts`])
    calls = files.flatMap((file) =>
      file.getDescendantsOfKind(SyntaxKind.CallExpression).filter(isTranslation),
    )
    assert.ok(calls.length > 300, 'the texts were found')
  })

  it('are literals, so that a translation can be found for them', () => {
    const others = calls.filter((call) => !Node.isStringLiteral(call.getArguments()[0]))
    assert.deepEqual(others.map(placeOf), [])
  })

  it('have an argument for each of their placeholders, and a placeholder for each argument', () => {
    const wrong = calls.filter((call) => {
      const [text, ...values] = call.getArguments()
      if (!Node.isStringLiteral(text)) return false
      return placeholders(text.getLiteralText()).join() !== values.map((_, index) => index).join()
    })
    assert.deepEqual(wrong.map(placeOf), [])
  })

  it('are those of every failure and its buttons, but for the command line, which speaks English', () => {
    const failures = files
      .filter((file) => !file.getFilePath().startsWith(`${root}src/cli/`))
      .flatMap((file) => file.getDescendantsOfKind(SyntaxKind.NewExpression))
      .filter((made) => made.getExpression().getText() === 'Failure')
    assert.ok(failures.length > 100, 'failures were found')
    const plain = failures.flatMap(shownBy).filter((shown) => !givesTranslation(shown))
    assert.deepEqual(plain.map(placeOf), [])
  })
})
