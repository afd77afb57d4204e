import { Node } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { FunctionNode, Invocation } from '../functions.ts'
import { insertion, replacement } from './placement.ts'
import { styleOf } from './style.ts'

/** A parameter to be added as the last one. */
export interface NewParameter {
  readonly name: string
  readonly type: string
  readonly optional: boolean
}

/** Adds a last parameter to a function and to the interface methods it implements; null where its parameters don't allow that. */
export function addParameter(fn: FunctionNode, parameter: NewParameter): FileEdit[] | null {
  const edit = addToList(fn, parameter)
  return edit && [edit, ...signaturesOf(fn).flatMap((signature) => addToList(signature, parameter) ?? [])]
}

/** Adds a last argument to a call of a function, with `undefined` for the parameters left out before it; null for spreads and templates. */
export function addArgument(call: Invocation, fn: FunctionNode, argument: string): FileEdit | null {
  if (!Node.isCallExpression(call)) return null
  const args = call.getArguments()
  if (args.some((existing) => Node.isSpreadElement(existing))) return null
  const missing = Array.from(
    { length: Math.max(0, fn.getParameters().length - args.length) },
    () => 'undefined',
  )
  const text = [...missing, argument].join(', ')
  const last = args.at(-1)
  if (last) return insertion(call, last.getEnd(), `, ${text}`)
  return insertion(call, call.getEnd() - 1, text)
}

/** The interface method signatures that a method of a class implements, by name. */
export function signaturesOf(fn: FunctionNode): Node[] {
  const owner = fn.getParent()
  if (!Node.isMethodDeclaration(fn) || !Node.isClassDeclaration(owner)) return []
  const name = fn.getName()
  return owner.getImplements().flatMap((clause) => {
    const symbol = clause.getExpression().getSymbol()
    const target = symbol?.isAlias() ? symbol.getAliasedSymbol() : symbol
    const members = target?.getDeclarations().filter(Node.isInterfaceDeclaration) ?? []
    return members.flatMap((declaration) =>
      declaration.getMethods().filter((method) => method.getName() === name),
    )
  })
}

function addToList(owner: Node, parameter: NewParameter): FileEdit | null {
  if (!Node.isParametered(owner)) return null
  const parameters = owner.getParameters()
  if (parameters.some((existing) => existing.isRestParameter())) return null
  const { typed } = styleOf(owner.getSourceFile())
  const text = typed ? `${parameter.name}${parameter.optional ? '?' : ''}: ${parameter.type}` : parameter.name
  const last = parameters.at(-1)
  if (last) {
    const isBare = !owner.getFirstChild(isOpenParenthesis)
    if (isBare) return replacement(last, `(${last.getText()}, ${text})`)
    return insertion(owner, last.getEnd(), `,${separatorBefore(last)}${text}`)
  }
  const open = owner.getFirstChild(isOpenParenthesis)
  return open ? insertion(owner, open.getEnd(), text) : null
}

/** The line break and indentation before a parameter that starts a line, or a space. */
function separatorBefore(parameter: Node): string {
  const before = parameter.getSourceFile().getFullText().slice(0, parameter.getStart())
  return /\r?\n[ \t]*$/.exec(before)?.[0] ?? ' '
}

function isOpenParenthesis(node: Node): boolean {
  return node.getKindName() === 'OpenParenToken'
}
