import {
  ts,
  type InterfaceDeclaration,
  type NewExpression,
  type Node,
  type SourceFile,
  type Symbol,
} from 'ts-morph'
import { isSupportFile } from '../source-tree.ts'
import { isClass, type ClassNode } from './functions.ts'
import { Topic } from './memo.ts'
import { fileOf, type Program } from './program.ts'
import type { Resolver } from './resolver.ts'

const types = new WeakMap<ts.SourceFile, readonly (ClassNode | InterfaceDeclaration)[]>()
const constructions = new WeakMap<ts.SourceFile, readonly NewExpression[]>()

const constructionsByName = new Topic<readonly NewExpression[]>([])

/** All `new Name(…)` in the program. */
export function constructionsNamed(name: string, program: Program): readonly NewExpression[] {
  return program.memo.recall(constructionsByName, name, () =>
    program
      .filesWith(`new ${name}`)
      .flatMap(constructionsIn)
      .filter((construction) => construction.getExpression().getText() === name),
  )
}

/** The class that a class extends, also where it is known only by value; none where that leads back to the class. */
export function baseOf(owner: ClassNode, resolver: Resolver): ClassNode | null {
  const base = extendedBy(owner, resolver)
  const seen = new Set([owner])
  for (let next = base; next; next = extendedBy(next, resolver)) {
    if (seen.has(next)) return null
    seen.add(next)
  }
  return base
}

function extendedBy(owner: ClassNode, resolver: Resolver): ClassNode | null {
  const extended = owner.getExtends()?.getExpression()
  const base = extended ? resolver.definition(extended) : undefined
  return isClass(base) ? base : null
}

/** A class or interface, and the declarations of those that it implements or extends. */
interface Inheritance {
  readonly type: ClassNode | InterfaceDeclaration
  readonly contracts: readonly Node[]
}

const inheritanceInFile = new Topic<readonly Inheritance[]>([])
const belowContracts = new Topic<ReadonlyMap<Node, readonly (ClassNode | InterfaceDeclaration)[]>>(new Map())
const implementations = new Topic<readonly ClassNode[]>([])

/** All classes below an interface or class, at any distance, in the application's own files. */
export function implementationsOf(contract: readonly Node[], program: Program): readonly ClassNode[] {
  return program.memo.recall(implementations, contract, () => {
    const below = typesBelow(program)
    const found = new Set<Node>(contract)
    for (const next of found) for (const type of below.get(next) ?? []) found.add(type)
    return [...found].filter(isClass).filter((type) => !contract.includes(type))
  })
}

/** What implements or extends each interface or class. */
function typesBelow(program: Program): ReadonlyMap<Node, readonly (ClassNode | InterfaceDeclaration)[]> {
  return program.memo.recall(belowContracts, 'all', () => {
    const below = new Map<Node, (ClassNode | InterfaceDeclaration)[]>()
    for (const file of program.filesWith(/\b(?:extends|implements)\b/).filter((each) => mayInherit(each)))
      for (const { type, contracts } of inheritanceIn(file, program))
        for (const contract of contracts) {
          const known = below.get(contract)
          if (known) known.push(type)
          else below.set(contract, [type])
        }
    return below
  })
}

function inheritanceIn(file: SourceFile, program: Program): readonly Inheritance[] {
  return program.memo.recall(inheritanceInFile, file, () =>
    typesIn(file).map((type) => ({
      type,
      contracts: contractsOf(type).flatMap((symbol) => symbol.getDeclarations()),
    })),
  )
}

function mayInherit(file: SourceFile): boolean {
  return !isSupportFile(fileOf(file)) && typesIn(file).length > 0
}

function constructionsIn(file: SourceFile): readonly NewExpression[] {
  const known = constructions.get(file.compilerNode)
  if (known) return known
  const found = file.getDescendantsOfKind(ts.SyntaxKind.NewExpression)
  constructions.set(file.compilerNode, found)
  return found
}

function typesIn(file: SourceFile): readonly (ClassNode | InterfaceDeclaration)[] {
  const known = types.get(file.compilerNode)
  if (known) return known
  const { text } = file.compilerNode
  const hasClasses = /\bclass\b/.test(text) && /\b(?:extends|implements)\b/.test(text)
  const found = [
    ...(hasClasses ? file.getDescendantsOfKind(ts.SyntaxKind.ClassDeclaration) : []),
    ...(hasClasses ? file.getDescendantsOfKind(ts.SyntaxKind.ClassExpression) : []),
    ...file.getInterfaces(),
  ]
  types.set(file.compilerNode, found)
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
