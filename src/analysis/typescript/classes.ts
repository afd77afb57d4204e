import {
  Node,
  type ts,
  type InterfaceDeclaration,
  type NewExpression,
  type SourceFile,
  type Symbol,
} from 'ts-morph'
import { isSupportFile } from '../source-tree.ts'
import { isClass, type ClassNode } from './functions.ts'
import { fileOf, type Program } from './program.ts'
import type { Resolver } from './resolver.ts'

interface Declarations {
  readonly types: readonly (ClassNode | InterfaceDeclaration)[]
  /** By the name of the class as written. */
  readonly constructions: ReadonlyMap<string, readonly NewExpression[]>
}

const declarations = new WeakMap<ts.SourceFile, Declarations>()

/** All `new Name(…)` in the program. */
export function constructionsNamed(name: string, program: Program): NewExpression[] {
  return program.sourceFiles().flatMap((file) => declarationsIn(file).constructions.get(name) ?? [])
}

/** The class that a class extends, also where it is known only by value. */
export function baseOf(owner: ClassNode, resolver: Resolver): ClassNode | null {
  const extended = owner.getExtends()?.getExpression()
  const base = extended ? resolver.definition(extended) : undefined
  return isClass(base) ? base : null
}

/** Who implements or extends whom, in the application's own files. */
export class Implementations {
  readonly #below = new Map<Symbol, (ClassNode | InterfaceDeclaration)[]>()

  constructor(program: Program) {
    for (const file of program.sourceFiles()) {
      if (isSupportFile(fileOf(file))) continue
      for (const type of declarationsIn(file).types)
        for (const contract of contractsOf(type)) {
          const known = this.#below.get(contract)
          if (known) known.push(type)
          else this.#below.set(contract, [type])
        }
    }
  }

  /** All classes below an interface or class, at any distance. */
  of(contract: Symbol): ReadonlySet<ClassNode> {
    const classes = new Set<ClassNode>()
    const open = [contract]
    const seen = new Set(open)
    for (const next of open) {
      for (const type of this.#below.get(next) ?? []) {
        if (isClass(type)) classes.add(type)
        const symbol = type.getSymbol()
        if (symbol && !seen.has(symbol)) {
          seen.add(symbol)
          open.push(symbol)
        }
      }
    }
    return classes
  }
}

function declarationsIn(file: SourceFile): Declarations {
  const known = declarations.get(file.compilerNode)
  if (known) return known
  const types: (ClassNode | InterfaceDeclaration)[] = []
  const constructions = new Map<string, NewExpression[]>()
  if (/\b(?:class|interface|new)\b/.test(file.getFullText()))
    file.forEachDescendant((node) => {
      if (isClass(node) || Node.isInterfaceDeclaration(node)) types.push(node)
      else if (Node.isNewExpression(node)) {
        const name = node.getExpression().getText()
        constructions.set(name, [...(constructions.get(name) ?? []), node])
      }
    })
  const found = { types, constructions }
  declarations.set(file.compilerNode, found)
  return found
}

function contractsOf(type: ClassNode | InterfaceDeclaration): Symbol[] {
  const extended = type.getExtends()
  const clauses = [
    ...(isClass(type) ? type.getImplements() : []),
    ...(Array.isArray(extended) ? extended : extended ? [extended] : []),
  ]
  return clauses.flatMap((clause) => {
    const symbol = clause.getExpression().getSymbol()
    return (symbol?.isAlias() ? symbol.getAliasedSymbol() : symbol) ?? []
  })
}
