import { Node, ts, type Identifier } from 'ts-morph'
import { isFunction, symbolOf } from './functions.ts'
import { Topic } from './memo.ts'
import type { Resolver } from './resolver.ts'

/** Where the identifiers of one text start in a file, and the nodes there once they were asked for. */
interface Places {
  readonly starts: number[]
  nodes: readonly Identifier[] | null
}

const placesByFile = new WeakMap<ts.SourceFile, ReadonlyMap<string, Places>>()
const uses = new Topic<readonly Identifier[]>([])

/** All other identifiers that name the variable which an identifier names, in its function or file. */
export function usesOf(name: Identifier, resolver: Resolver): readonly Identifier[] {
  return resolver.remember(uses, name, () => {
    const symbol = name.getSymbol()
    const declaration = symbol?.getValueDeclaration() ?? name
    const scope = declaration.getFirstAncestor(isFunction) ?? name.getSourceFile()
    return identifiersNamed(scope, name.getText()).filter((use) => use !== name && symbolOf(use) === symbol)
  })
}

/** All identifiers with this text inside a node, in source order, whatever they name. */
export function identifiersNamed(scope: Node, text: string): Identifier[] {
  const file = scope.getSourceFile()
  const places = placesIn(file.compilerNode).get(text)
  if (!places) return []
  places.nodes ??= places.starts.map((start) => file.getDescendantAtPos(start)).filter(Node.isIdentifier)
  const [from, to] = [scope.getPos(), scope.getEnd()]
  return places.nodes.filter((node) => {
    const { pos } = node.compilerNode
    return pos >= from && pos < to
  })
}

function placesIn(file: ts.SourceFile): ReadonlyMap<string, Places> {
  const known = placesByFile.get(file)
  if (known) return known
  const places = new Map<string, Places>()
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const same = places.get(node.text)
      if (same) same.starts.push(node.getStart(file))
      else places.set(node.text, { starts: [node.getStart(file)], nodes: null })
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  placesByFile.set(file, places)
  return places
}
