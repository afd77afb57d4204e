import { Node, type CallExpression } from 'ts-morph'

/** Whether a call is one of the named methods of a handler's parameter, also at the end of a chain: `res.status(200).json(rows)`. */
export function isCallOnParameter(call: CallExpression, methods: ReadonlySet<string>): boolean {
  const callee = call.getExpression()
  if (!Node.isPropertyAccessExpression(callee) || !methods.has(callee.getName())) return false
  return isParameter(rootOf(callee))
}

/** Whether an expression is a parameter that has the name of a handler's response. */
export function isResponseParameter(value: Node): boolean {
  const declaration = Node.isIdentifier(value) ? value.getSymbol()?.getValueDeclaration() : undefined
  return Node.isParameterDeclaration(declaration) && /^_?(?:res|response|reply)$/.test(declaration.getName())
}

/** Whether an expression is, by its first name, a parameter of a function. */
export function isParameter(root: Node | null): boolean {
  return Node.isParameterDeclaration(root?.getSymbol()?.getValueDeclaration())
}

/** The first identifier of `res.status(200).json`. */
export function rootOf(expression: Node): Node | null {
  if (Node.isPropertyAccessExpression(expression) || Node.isCallExpression(expression))
    return rootOf(expression.getExpression())
  return Node.isIdentifier(expression) ? expression : null
}
