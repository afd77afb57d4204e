import { Node, SyntaxKind, type BinaryExpression, type CallExpression, type Identifier } from 'ts-morph'
import { calleeName } from './functions.ts'
import type { Resolver } from './resolver.ts'

/** Methods of an array whose result still has as many items as the data decides. */
export const keepingRows: ReadonlySet<string> = new Set([
  'map',
  'filter',
  'flatMap',
  'flat',
  'sort',
  'toSorted',
  'reverse',
  'toReversed',
  'slice',
  'concat',
  'entries',
  'values',
  'with',
])

/** The callback of `rows = rows.filter(callback)` at a use of `rows`. */
export function filterOfItself(use: Identifier): Node[] {
  const call = use.getParent()?.getParent()
  const assignment = call?.getParent()
  if (!Node.isCallExpression(call) || calleeName(call) !== 'filter') return []
  if (!Node.isBinaryExpression(assignment) || assignment.getLeft().getText() !== use.getText()) return []
  return call.getArguments().slice(0, 1)
}

/** Whether a value is known to be an error where it is used: `if ('message' in result) return res.json(result)`. */
export function isErrorAt(use: Identifier): boolean {
  return use.getAncestors().some((statement) => {
    if (!Node.isIfStatement(statement)) return false
    const condition = statement.getExpression()
    const then = statement.getThenStatement()
    return (
      Node.isBinaryExpression(condition) &&
      use.getPos() >= then.getPos() &&
      use.getEnd() <= then.getEnd() &&
      isErrorTest(condition, use.getText())
    )
  })
}

function isErrorTest(condition: BinaryExpression, name: string): boolean {
  const [left, right] = [condition.getLeft().getText(), condition.getRight().getText()]
  const operator = condition.getOperatorToken().getText()
  if (operator === 'in') return right === name && /^['"`](?:message|err|errors?)['"`]$/.test(left)
  return operator === 'instanceof' && left === name && /(?:Error|Exception|Failure)$/.test(right)
}

/** Whether an assignment adds to its target: `total = total + row.amount`, `sums[key] = (sums[key] || 0) + row.amount`. */
export function isAddedTo(target: Node, value: Node): boolean {
  if (!Node.isBinaryExpression(value)) return false
  const isArithmetic = /^[-+*/]$/.test(value.getOperatorToken().getText())
  return isArithmetic && value.getText().includes(target.getText())
}

/** Whether a reducer keeps the items it is given: `(groups, row) => { groups[row.key].push(row); … }`. */
export function collectsItems(callback: Node | undefined): boolean {
  return (
    callback !== undefined &&
    /\.(?:push|concat|set|add)\(|\.\.\.|=>\s*\(\{|\] = (?!.*[+\d])/.test(callback.getText())
  )
}

/** Whether an argument is the key that a `Map` or `Set` looks for or keeps a value under: `totals.get(row.day)`. */
export function isMapKey(index: number, call: CallExpression, resolver: Resolver): boolean {
  const callee = call.getExpression()
  if (index !== 0 || !Node.isPropertyAccessExpression(callee)) return false
  const name = callee.getName()
  const isKey =
    ['get', 'has', 'delete'].includes(name) || (name === 'set' && call.getArguments().length === 2)
  const made = isKey ? resolver.definition(callee.getExpression()) : undefined
  return Node.isNewExpression(made) && /^(?:Weak)?(?:Map|Set)$/.test(made.getExpression().getText())
}

/** Whether all that a node does with a value inside it is to test it. */
export function isTest(node: Node | undefined): boolean {
  return (
    Node.isIfStatement(node) ||
    Node.isPrefixUnaryExpression(node) ||
    Node.isTypeOfExpression(node) ||
    Node.isWhileStatement(node)
  )
}

/** Whether a number of rows is only compared with none: `rows.length > 0`, `!rows.length`. */
export function presenceIn(length: Node): { presence?: true } {
  const parent = length.getParent()
  const isAny =
    isTest(parent) ||
    (Node.isConditionalExpression(parent) && parent.getCondition() === length) ||
    (Node.isBinaryExpression(parent) && /(?:[!=]==?|>) *0$|(?:<|>=) *1$/.test(parent.getText()))
  return isAny ? { presence: true } : {}
}

/** Whether a node holds a value inside it as a part of its own. */
export function isContainer(node: Node): boolean {
  return (
    Node.isObjectLiteralExpression(node) ||
    Node.isPropertyAssignment(node) ||
    Node.isShorthandPropertyAssignment(node) ||
    Node.isSpreadAssignment(node) ||
    Node.isSpreadElement(node) ||
    Node.isTemplateSpan(node) ||
    Node.isTemplateExpression(node) ||
    Node.isNewExpression(node) ||
    isMarkup(node)
  )
}

/** Whether a node is a part of JSX that holds values: the element goes where they go. */
function isMarkup(node: Node): boolean {
  return (
    Node.isJsxExpression(node) ||
    Node.isJsxAttribute(node) ||
    Node.isJsxSpreadAttribute(node) ||
    node.isKind(SyntaxKind.JsxAttributes) ||
    Node.isJsxOpeningElement(node) ||
    Node.isJsxSelfClosingElement(node) ||
    Node.isJsxElement(node) ||
    Node.isJsxFragment(node)
  )
}
