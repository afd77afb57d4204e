import { Node, type MethodDeclaration } from 'ts-morph'
import type { FunctionNode } from '../functions.ts'
import type { Program } from '../program.ts'
import { signaturesOf } from './parameters.ts'

/**
 * The methods of other classes that stand for the same method of an interface as an existing one; null where such a class
 * has it otherwise than as a method of its own.
 */
export function otherImplementations(existing: FunctionNode, program: Program): MethodDeclaration[] | null {
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
  return methods.some((method) => !method?.getBody()) ? null : methods.flatMap((method) => method ?? [])
}

function isOneOf(name: Node, declarations: ReadonlySet<Node | undefined>): boolean {
  const symbol = name.getSymbol()
  const target = symbol?.isAlias() ? symbol.getAliasedSymbol() : symbol
  return target?.getDeclarations().some((declaration) => declarations.has(declaration)) ?? false
}
