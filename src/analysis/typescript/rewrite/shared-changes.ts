import { Node } from 'ts-morph'
import { isFunction, isTransparent } from '../functions.ts'

/** Methods that change a list in place. */
const changingLists = new Set(['push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse', 'fill'])
/** Methods that change a document. */
const changingRows = new Set(['set', 'save'])

/**
 * What a loop's body changes of what a call in it gives, and what all items with the same key would then share: the rows, or
 * at most the order and length of their list. Null where it changes nothing.
 */
export function changesOf(call: Node, body: Node): 'rows' | 'list' | null {
  let holder = call.getParent()
  while (isTransparent(holder)) holder = holder.getParent()
  const target = Node.isVariableDeclaration(holder)
    ? holder.getNameNode()
    : Node.isBinaryExpression(holder)
      ? holder.getLeft()
      : null
  if (!target) return null
  const isPattern = Node.isObjectBindingPattern(target) || Node.isArrayBindingPattern(target)
  const names = (isPattern ? target.forEachDescendantAsArray().filter(Node.isIdentifier) : [target]).map(
    (name) => name.getText(),
  )
  if (names.some((name) => changesRows(name, body))) return 'rows'
  if (!names.some((name) => changesList(name, body))) return null
  return isPattern ? 'rows' : 'list'
}

function changesList(name: string, body: Node): boolean {
  return body
    .forEachDescendantAsArray()
    .some((node) => changingLists.has(methodOn(node, (owner) => owner.getText() === name) ?? ''))
}

function changesRows(name: string, body: Node, depth = 0): boolean {
  return body.forEachDescendantAsArray().some((node) => {
    if (Node.isDeleteExpression(node)) return isPartOf(node.getExpression(), name)
    if (Node.isPostfixUnaryExpression(node)) return isPartOf(node.getOperand(), name)
    if (Node.isBinaryExpression(node) && /^(?:[^=!<>]*=)$/.test(node.getOperatorToken().getText()))
      return isPartOf(node.getLeft(), name)
    const one = depth < 3 ? oneOf(name, node) : null
    if (one !== null && one !== name && changesRows(one, body, depth + 1)) return true
    if (!Node.isCallExpression(node)) return false
    if (node.getExpression().getText() === 'Object.assign') return node.getArguments()[0]?.getText() === name
    const method = methodOn(node, (owner) => owner.getText() === name || isPartOf(owner, name)) ?? ''
    const onPart = methodOn(node, (owner) => isPartOf(owner, name)) ?? ''
    return changingRows.has(method) || changingLists.has(onPart)
  })
}

/** What one row of a list is called where a node walks over it: `for (const row of rows)`, `rows.forEach((row) => …)`. */
function oneOf(list: string, node: Node): string | null {
  if (Node.isForOfStatement(node) && node.getExpression().getText() === list) {
    const declared = node.getInitializer()
    return Node.isVariableDeclarationList(declared)
      ? (declared.getDeclarations()[0]?.getName() ?? null)
      : null
  }
  if (methodOn(node, (owner) => owner.getText() === list) === null || !Node.isCallExpression(node))
    return null
  const callback = node.getArguments()[0]
  return isFunction(callback) ? (callback.getParameters()[0]?.getName() ?? null) : null
}

/** The name of the method that a node calls on something, or null. */
function methodOn(node: Node, isOwner: (owner: Node) => boolean): string | null {
  const callee = Node.isCallExpression(node) ? node.getExpression() : undefined
  if (!Node.isPropertyAccessExpression(callee) || !isOwner(callee.getExpression())) return null
  return callee.getName()
}

function isPartOf(node: Node, name: string): boolean {
  if (!Node.isPropertyAccessExpression(node) && !Node.isElementAccessExpression(node)) return false
  const owner = node.getExpression()
  return owner.getText() === name || isPartOf(owner, name)
}
