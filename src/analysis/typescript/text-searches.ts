import { Node } from 'ts-morph'
import { calleeName, type FunctionNode } from './functions.ts'

const functions =
  /^(?:i?like|notI?Like|ILike|Like|Raw|contains|regexp?|whereI?Like|(?:or|and)?WhereI?Like|sql)$/
const keys = /^(?:contains|\$regex|search)$/

/** Where a function says that a query looks for a text anywhere in a column: `ilike(…)`, `$regex`, `LIKE '%…'`. */
export function textSearchIn(fn: FunctionNode): Node | null {
  let found: Node | null = null
  fn.forEachDescendant((node, traversal) => {
    if (!isTextSearch(node)) return
    found = node
    traversal.stop()
  })
  return found
}

function isTextSearch(node: Node): boolean {
  if (Node.isPropertyAssignment(node)) {
    const name = node.getNameNode().getText().replace(/['"]/g, '')
    return keys.test(name) || /\bOp\.i?[lL]ike\b/.test(name)
  }
  if (
    Node.isStringLiteral(node) ||
    Node.isNoSubstitutionTemplateLiteral(node) ||
    Node.isTemplateExpression(node)
  )
    return /\bI?LIKE\b/i.test(node.getText()) && /%|\?|\$|:\w/.test(node.getText())
  if (!Node.isCallExpression(node)) return false
  return (
    functions.test(calleeName(node) ?? '') &&
    /['"`]%|%\$\{/.test(node.getText()) &&
    node.getArguments().length > 1
  )
}
