import { Node, type CallExpression, type ts } from 'ts-morph'
import { calleeName, isFunction } from './functions.ts'
import { isInside } from './loops.ts'

const transactions =
  /^(?:\$?transaction|withTransaction|runInTransaction|inTransaction|transactional|managedTransaction|begin|savepoint)$/i

/** Whether only one of two nodes runs: in branches of one `if`, cases of one `switch`, a `try` and its `catch`. */
export function areAlternatives(first: Node, second: Node): boolean {
  for (let inner = first, outer = first.getParent(); outer; inner = outer, outer = outer.getParent()) {
    if (!isInside(second, outer)) {
      if (leavesAtEnd(outer)) return true
      continue
    }
    if (Node.isIfStatement(outer)) return inner !== outer.getExpression()
    if (Node.isConditionalExpression(outer)) return inner !== outer.getCondition()
    if (Node.isCaseBlock(outer)) return true
    return (
      Node.isTryStatement(outer) &&
      (outer.getCatchClause()?.containsRange(second.getPos(), second.getEnd()) ?? false)
    )
  }
  return false
}

/** Whether a statement always leaves its function, or the round of its loop. */
export function leaves(statement: Node | undefined): boolean {
  if (Node.isReturnStatement(statement) || Node.isThrowStatement(statement)) return true
  if (Node.isContinueStatement(statement) || Node.isBreakStatement(statement)) return true
  return Node.isBlock(statement) && statement.getStatements().some(leaves)
}

/** A branch, and not the body of a function, that always leaves. */
function leavesAtEnd(node: Node): boolean {
  return (
    Node.isBlock(node) &&
    !isFunction(node.getParent()) &&
    !Node.isTryStatement(node.getParent()) &&
    leaves(node)
  )
}

/**
 * The call that opens the transaction around a node: a callback or list that is given to `transaction(…)`; or the
 * function that starts one by hand.
 */
export function transactionAround(node: Node): Node | null {
  for (let at: Node | undefined = node.getParent(); at; at = at.getParent()) {
    if (
      Node.isCallExpression(at) &&
      isTransaction(at) &&
      at.getArguments().some((argument) => isInside(node, argument))
    )
      return at
    if (Node.isCallExpression(at) && at.getArguments().some((argument) => isMiddleware(argument))) return at
    if (isFunction(at)) {
      if (
        Node.isMethodDeclaration(at) &&
        at.getDecorators().some((each) => /transaction/i.test(each.getName()))
      )
        return at
      if (transactionStart(at) <= node.getStart() - at.getStart()) return at
    }
  }
  return null
}

/** `router.post('/', transaction(), async (ctx) => …)` */
function isMiddleware(argument: Node): boolean {
  return (
    Node.isCallExpression(argument) &&
    /^(?:with)?transaction(?:al)?$/i.test(argument.getExpression().getText())
  )
}

function isTransaction(call: CallExpression): boolean {
  return transactions.test(calleeName(call) ?? '')
}

/** How far into a function a transaction is started by hand, by its syntax; infinitely far where none is. */
const starting = new WeakMap<ts.Node, number>()

/** `BEGIN` in plain SQL, `queryRunner.startTransaction()`, `session.startTransaction()`, `await sequelize.transaction()`. */
function transactionStart(fn: Node): number {
  const known = starting.get(fn.compilerNode)
  if (known !== undefined) return known
  let found = Infinity
  if (/transaction|begin/i.test(fn.getText()))
    fn.forEachDescendant((node, traversal) => {
      const starts =
        (Node.isCallExpression(node) && isStart(node)) ||
        (Node.isTaggedTemplateExpression(node) && isBegin(node.getTemplate()))
      if (isFunction(node)) traversal.skip()
      else if (starts) found = Math.min(found, node.getStart() - fn.getStart())
    })
  starting.set(fn.compilerNode, found)
  return found
}

function isStart(call: CallExpression): boolean {
  const name = calleeName(call) ?? ''
  if (/^(?:startTransaction|beginTransaction)$/.test(name)) return true
  const [first, ...others] = call.getArguments()
  if (name === 'transaction') return first === undefined || (others.length === 0 && isOptions(first))
  return Node.isStringLiteral(first) && isBegin(first)
}

function isBegin(literal: Node): boolean {
  return /^['"`]\s*(?:BEGIN|START TRANSACTION)\b/i.test(literal.getText())
}

/** `sequelize.transaction({ isolationLevel })`, and neither a callback nor a list of queries. */
function isOptions(argument: Node): boolean {
  return Node.isObjectLiteralExpression(argument)
}
