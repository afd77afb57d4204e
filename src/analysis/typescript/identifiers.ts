import { Node, ts, type Identifier } from 'ts-morph'

/** Where the identifiers of a file start, by their text. */
type Places = ReadonlyMap<string, readonly number[]>

const placesByFile = new WeakMap<ts.SourceFile, Places>()

/** All identifiers with this text inside a node, in source order, whatever they name. */
export function identifiersNamed(scope: Node, text: string): Identifier[] {
  const file = scope.getSourceFile()
  const [from, to] = [scope.getPos(), scope.getEnd()]
  return (placesIn(file.compilerNode).get(text) ?? [])
    .filter((place) => place >= from && place < to)
    .map((place) => file.getDescendantAtPos(place))
    .filter(Node.isIdentifier)
}

function placesIn(file: ts.SourceFile): Places {
  const known = placesByFile.get(file)
  if (known) return known
  const places = new Map<string, number[]>()
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const same = places.get(node.text)
      if (same) same.push(node.getStart(file))
      else places.set(node.text, [node.getStart(file)])
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  placesByFile.set(file, places)
  return places
}
