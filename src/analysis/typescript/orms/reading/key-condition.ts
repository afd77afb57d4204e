import { Node, type ObjectLiteralExpression } from 'ts-morph'

/** The one condition whose value is the key; null where something else than plain conditions stands beside it. */
export function keyIn(
  where: ObjectLiteralExpression,
  isKey: (value: Node) => boolean,
): { readonly column: string; readonly key: Node } | null {
  const pairs = where.getProperties().map((property) => {
    if (Node.isShorthandPropertyAssignment(property))
      return { column: property.getName(), key: property.getNameNode() }
    const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
    return Node.isPropertyAssignment(property) && value ? { column: property.getName(), key: value } : null
  })
  const [only, ...others] = pairs.flatMap((pair) => (pair && isKey(pair.key) ? [pair] : []))
  return only && others.length === 0 && !pairs.includes(null) ? only : null
}
