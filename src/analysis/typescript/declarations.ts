import {
  Node,
  ts,
  VariableDeclarationKind,
  type CallExpression,
  type ExportDeclaration,
  type GetAccessorDeclaration,
  type ImportDeclaration,
} from 'ts-morph'
import { isFunction, type FunctionNode } from './functions.ts'

/** Whether a function is all its module exports, so that importers choose its name. */
export function isWholeModule(fn: FunctionNode): boolean {
  if (Node.isFunctionDeclaration(fn)) return fn.isDefaultExport()
  const parent = fn.getParent()
  if (Node.isExportAssignment(parent)) return true
  return Node.isBinaryExpression(parent) && parent.getLeft().getText() === 'module.exports'
}

/** Whether a declaration is a function with a body, and not an overload or a signature. */
export function hasBody(node: Node): boolean {
  return isFunction(node) && node.getBody() !== undefined
}

/** `execute` in `run({ execute: () => … })` inside a function: it belongs to that call alone, where it is followed. */
export function isWrittenInArgument(fn: FunctionNode): boolean {
  const property = fn.getParent()
  const object = Node.isPropertyAssignment(property) ? property.getParent() : property
  const call = Node.isObjectLiteralExpression(object) ? object.getParent() : undefined
  return Node.isCallExpression(call) && call.getFirstAncestor(isFunction) !== undefined
}

/** `undefined` and `null` are what a function gives when it has nothing to give. */
export function isPresent(value: Node): boolean {
  return !['undefined', 'null'].includes(value.getText())
}

/** What a getter returns in the end. */
export function returnedBy(getter: GetAccessorDeclaration): Node | null {
  const returned = getter.getDescendantsOfKind(ts.SyntaxKind.ReturnStatement)
  return returned.at(-1)?.getExpression() ?? null
}

/** All values that are assigned to a variable after its declaration. */
export function assignedValues(declaration: Node): Node[] {
  if (!Node.isVariableDeclaration(declaration)) return []
  const list = declaration.getVariableStatement()
  if (!list || list.getDeclarationKind() === VariableDeclarationKind.Const) return []
  const symbol = declaration.getSymbol()
  const name = declaration.getName()
  return declaration
    .getSourceFile()
    .getDescendantsOfKind(ts.SyntaxKind.BinaryExpression)
    .filter((node) => {
      const left = node.getLeft()
      if (!/^(?:\?\?)?=$/.test(node.getOperatorToken().getText()) || left.getText() !== name) return false
      return left.getSymbol() === symbol
    })
    .map((node) => node.getRight())
    .filter(isPresent)
}

/** The module that `require('…')` or `import('…')` names, or null for other calls. */
export function requiredModule(call: CallExpression): string | null {
  const callee = call.getExpression().getText()
  if (callee !== 'require' && callee !== 'import') return null
  const specifier = call.getArguments()[0]
  return Node.isStringLiteral(specifier) ? specifier.getLiteralValue() : null
}

/** The module that an import or export names, or null where the code is broken or none is named. */
export function specifierOf(declaration: ImportDeclaration | ExportDeclaration): string | null {
  const specifier = declaration.compilerNode.moduleSpecifier
  return specifier && ts.isStringLiteral(specifier) ? specifier.text : null
}
