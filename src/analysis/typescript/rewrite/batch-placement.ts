import { Node, SyntaxKind, type CallExpression, type MethodDeclaration } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import { nameOf, type FunctionNode } from '../functions.ts'
import type { Context } from './context.ts'
import { otherImplementations } from './implementations.ts'
import { isUsed } from './names.ts'
import { signaturesOf } from './parameters.ts'
import { insertion, lineEnd } from './placement.ts'
import { block, indentOf, styleOf, type Style } from './style.ts'

/** A function to be written beside others. */
export interface NewFunction {
  readonly name: string
  /** From its opening parenthesis on, in the types of the function that it is written beside. */
  signatureBeside(existing: FunctionNode): string
  readonly body: readonly string[]
  /** Its body in another class with the same interface, made of calls of the method that is there. */
  bodyOf(method: FunctionNode, style: Style): readonly string[]
}

/** Writes a function beside an existing one, in the same form and with the same visibility, so that `call` could call it instead. */
export function placeBeside(
  existing: FunctionNode,
  call: CallExpression,
  added: NewFunction,
  context: Context,
): { readonly edits: readonly FileEdit[]; readonly callee: string } | null {
  const form = formOf(existing, added)
  const callee = calleeFor(call, added.name)
  const exposure = exposureEdits(existing, call, added.name)
  const others = otherImplementations(existing, context)
  if (!form || callee === null || !exposure || !others) return null
  const style = styleOf(existing.getSourceFile())
  const indent = indentOf(form.owner)
  const text = block([...form.header, ...added.body, form.footer], indent, style)
  if (existing.getSourceFile().getFullText().includes(text.trim().replace(/,$/, '')))
    return { edits: [], callee }
  if (isUsed(added.name, existing.getSourceFile())) return null
  const comma = Node.isObjectLiteralExpression(form.owner.getParent()) ? ',' : ''
  const at = comma === '' ? lineEnd(form.owner) : form.owner.getEnd()
  const edit = insertion(form.owner, at, comma + style.lineBreak.repeat(2) + text)
  const elsewhere = others.map((method) => implementationEdit(method, added))
  return { edits: [edit, ...signatureEdits(existing, added), ...exposure, ...elsewhere], callee }
}

/** The new method in another class that implements the same interface. */
function implementationEdit(method: MethodDeclaration, added: NewFunction): FileEdit {
  const style = styleOf(method.getSourceFile())
  const header = `async ${added.name}${added.signatureBeside(method)} {`
  const lines = [header, ...added.bodyOf(method, style), '}']
  const text = block(lines, indentOf(method), style)
  return insertion(method, lineEnd(method), style.lineBreak.repeat(2) + text)
}

interface Form {
  /** What the new function is written after. */
  readonly owner: Node
  readonly header: readonly string[]
  readonly footer: string
}

/** The new function as a method, declaration, variable or property, like the existing one. */
function formOf(existing: FunctionNode, added: NewFunction): Form | null {
  const { name } = added
  const signature = added.signatureBeside(existing)
  const { end } = styleOf(existing.getSourceFile())
  if (Node.isMethodDeclaration(existing)) {
    const modifiers = existing
      .getModifiers()
      .map((modifier) => modifier.getText())
      .filter((text) => text !== 'async' && text !== 'override')
    return { owner: existing, header: [[...modifiers, `async ${name}${signature} {`].join(' ')], footer: '}' }
  }
  if (Node.isFunctionDeclaration(existing)) {
    const exported = existing.hasExportKeyword() && !existing.hasDefaultKeyword() ? 'export ' : ''
    return { owner: existing, header: [`${exported}async function ${name}${signature} {`], footer: '}' }
  }
  const parent = existing.getParent()
  const arrow = `async ${signature} => {`
  if (Node.isVariableDeclaration(parent)) {
    const statement = parent.getVariableStatement()
    if (!statement || statement.getDeclarations().length !== 1) return null
    const exported = statement.hasExportKeyword() ? 'export ' : ''
    return { owner: statement, header: [`${exported}const ${name} = ${arrow}`], footer: `}${end}` }
  }
  if (Node.isPropertyAssignment(parent)) return { owner: parent, header: [`${name}: ${arrow}`], footer: '}' }
  if (Node.isPropertyDeclaration(parent)) {
    const modifiers = parent.getModifiers().map((modifier) => modifier.getText())
    return { owner: parent, header: [[...modifiers, `${name} = ${arrow}`].join(' ')], footer: `}${end}` }
  }
  return null
}

function calleeFor(call: CallExpression, name: string): string | null {
  const callee = call.getExpression()
  if (Node.isIdentifier(callee)) return name
  if (!Node.isPropertyAccessExpression(callee) || callee.hasQuestionDotToken()) return null
  return `${callee.getExpression().getText()}.${name}`
}

/** Adds the name wherever the existing function's is listed between its definition and the call; null where that isn't understood. */
function exposureEdits(existing: FunctionNode, call: CallExpression, name: string): FileEdit[] | null {
  const callee = call.getExpression()
  const used = Node.isPropertyAccessExpression(callee) ? callee.getNameNode() : callee
  const declaration = used.getSymbol()?.getDeclarations()[0]
  if (!declaration) return null
  if (Node.isShorthandPropertyAssignment(declaration) || Node.isExportSpecifier(declaration)) {
    return declaration.getSourceFile() === existing.getSourceFile()
      ? [insertion(declaration, declaration.getEnd(), `, ${name}`)]
      : null
  }
  if (Node.isImportSpecifier(declaration) || isRequired(declaration)) {
    const exported = exportEdits(existing, name)
    const isRenamed = declaration.getText() !== nameOf(existing)
    return exported && !isRenamed
      ? [insertion(declaration, declaration.getEnd(), `, ${name}`), ...exported]
      : null
  }
  return Node.isBindingElement(declaration) || Node.isImportClause(declaration) ? null : []
}

/** `{ getPost }` of `const { getPost } = require('./storage')`. */
function isRequired(declaration: Node): boolean {
  const variable = declaration.getParent()?.getParent()
  if (!Node.isBindingElement(declaration) || !Node.isVariableDeclaration(variable)) return false
  return variable.getInitializer()?.getText().startsWith('require(') ?? false
}

/** Exports the new function as the existing one is: by a keyword of its own, or in a list of names. */
function exportEdits(existing: FunctionNode, name: string): FileEdit[] | null {
  const parent = existing.getParent()
  const declared = Node.isVariableDeclaration(parent) ? parent.getVariableStatement() : existing
  if (Node.isExportable(declared) && declared.hasExportKeyword()) return []
  const file = existing.getSourceFile()
  const listed = [
    ...file.getDescendantsOfKind(SyntaxKind.ExportSpecifier),
    ...file.getDescendantsOfKind(SyntaxKind.ShorthandPropertyAssignment).filter(isInModuleExports),
  ].find((specifier) => specifier.getText() === nameOf(existing))
  return listed ? [insertion(listed, listed.getEnd(), `, ${name}`)] : null
}

function isInModuleExports(property: Node): boolean {
  const assignment = property.getParent()?.getParent()
  return Node.isBinaryExpression(assignment) && assignment.getLeft().getText() === 'module.exports'
}

/** The same function in the interfaces that declare the existing one. */
function signatureEdits(existing: FunctionNode, added: NewFunction): FileEdit[] {
  return signaturesOf(existing).map((signature) => {
    const style = styleOf(signature.getSourceFile())
    const end = /[;,]$/.exec(signature.getText())?.[0] ?? ''
    const text = `${indentOf(signature)}${added.name}${added.signatureBeside(existing)}${end}`
    return insertion(signature, lineEnd(signature), style.lineBreak + text)
  })
}
