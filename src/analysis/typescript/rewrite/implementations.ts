import { Node, SyntaxKind, type MethodDeclaration } from 'ts-morph'
import { calleeName, type FunctionNode } from '../functions.ts'
import type { Context } from './context.ts'
import { signaturesOf } from './parameters.ts'

/**
 * The methods of other classes that stand for the same method of an interface as an existing one; null where such a class
 * has it otherwise than as a method of its own, or where that queries too, so that calling it once an item would be no gain.
 */
export function otherImplementations(
  existing: FunctionNode,
  { program, calls }: Context,
): MethodDeclaration[] | null {
  const signatures = signaturesOf(existing)
  const contracts = new Set(signatures.map((signature) => signature.getParent()))
  if (contracts.size === 0 || !Node.isMethodDeclaration(existing)) return []
  const methods = program
    .sourceFiles()
    .flatMap((file) => file.getClasses())
    .filter((candidate) => candidate !== existing.getParent())
    .filter((candidate) =>
      candidate.getImplements().some((clause) => isOneOf(clause.getExpression(), contracts)),
    )
    .map((candidate) => candidate.getInstanceMethod(existing.getName()) ?? null)
  const querying = new Set<Node>([...calls.values()].flatMap(({ trace }) => trace.steps.map(({ fn }) => fn)))
  if (methods.some((method) => !method?.getBody() || querying.has(method) || handsOn(method))) return null
  return methods.flatMap((method) => method ?? [])
}

/** Whether a method calls its namesake of another object, which may be the one that queries. */
function handsOn(method: MethodDeclaration): boolean {
  return method
    .getDescendantsOfKind(SyntaxKind.CallExpression)
    .some((call) => calleeName(call) === method.getName())
}

function isOneOf(name: Node, declarations: ReadonlySet<Node | undefined>): boolean {
  const symbol = name.getSymbol()
  const target = symbol?.isAlias() ? symbol.getAliasedSymbol() : symbol
  return target?.getDeclarations().some((declaration) => declarations.has(declaration)) ?? false
}
