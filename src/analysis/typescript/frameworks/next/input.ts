import { Node, type ParameterDeclaration } from 'ts-morph'
import { isFunction, symbolOf } from '../../functions.ts'
import { fileOf } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import type { RequestInput, RequestPart } from '../framework.ts'
import { isServerAction } from './actions.ts'

const served = /(?:^|\/)(?:route|page|layout)\.[cm]?[jt]sx?$/
const inPages = /(?:^|\/)pages\//
const requestType = /\b(?:Next)?(?:Api)?Request\b/
const bodyReaders = new Set(['json', 'formData', 'text'])
const searchReaders = new Set(['get', 'getAll', 'has'])

/** What a node reads of a request: of a handler's `Request`, of `params` and `searchParams`, of an action's arguments. */
export function nextInput(node: Node, resolver: Resolver): RequestInput | null {
  if (Node.isCallExpression(node)) return callInput(node, resolver)
  if (Node.isAwaitExpression(node) || Node.isParenthesizedExpression(node))
    return nextInput(node.getExpression(), resolver)
  if (Node.isIdentifier(node)) {
    const [declaration] = symbolOf(node)?.getDeclarations() ?? []
    return declaration ? declaredInput(declaration, resolver) : null
  }
  if (Node.isBindingElement(node) || Node.isParameterDeclaration(node)) return declaredInput(node, resolver)
  if (!Node.isPropertyAccessExpression(node)) return null
  const name = node.getName()
  const receiver = node.getExpression()
  if (name === 'searchParams' && isUrl(receiver, resolver)) return whole('query')
  const outer = nextInput(receiver, resolver)
  if (outer) return outer.name === null ? { ...outer, name } : null
  const parameter = resolver.definition(receiver)
  return Node.isParameterDeclaration(parameter) ? propertyOf(parameter, name) : null
}

/** `url.searchParams.get('limit')`, `request.json()`, `formData.get('name')`. */
function callInput(call: Node, resolver: Resolver): RequestInput | null {
  const callee = Node.isCallExpression(call) ? call.getExpression() : undefined
  if (!Node.isCallExpression(call) || !Node.isPropertyAccessExpression(callee)) return null
  const receiver = callee.getExpression()
  if (bodyReaders.has(callee.getName())) {
    const parameter = resolver.definition(receiver)
    return Node.isParameterDeclaration(parameter) && isRequest(parameter) ? whole('body') : null
  }
  if (!searchReaders.has(callee.getName())) return null
  const searched = nextInput(receiver, resolver) ?? nextInput(resolver.definition(receiver), resolver)
  const [key] = call.getArguments()
  const name = key ? resolver.definition(key) : undefined
  if (searched?.name !== null || searched === null) return null
  return { ...searched, name: Node.isStringLiteral(name) ? name.getLiteralValue() : null }
}

/** A parameter, or a name taken out of one: `{ params }`, `{ searchParams }`, `{ query }`. */
function declaredInput(declaration: Node, resolver: Resolver): RequestInput | null {
  if (Node.isParameterDeclaration(declaration)) {
    const fn = declaration.getParent()
    return isFunction(fn) && isServerAction(fn) ? whole('body') : null
  }
  if (!Node.isBindingElement(declaration)) return null
  const name = (declaration.getPropertyNameNode() ?? declaration.getNameNode()).getText()
  const owner = declaration.getParent().getParent()
  if (Node.isParameterDeclaration(owner)) {
    const action = declaredInput(owner, resolver)
    return action ? { ...action, name } : propertyOf(owner, name)
  }
  if (Node.isBindingElement(owner)) {
    const outer = declaredInput(owner, resolver)
    return outer?.name === null ? { ...outer, name } : null
  }
  const source = Node.isVariableDeclaration(owner) ? owner.getInitializer() : undefined
  if (!source) return null
  if (name === 'searchParams' && isUrl(source, resolver)) return whole('query')
  const outer = nextInput(source, resolver)
  if (outer) return outer.name === null ? { ...outer, name } : null
  const parameter = resolver.definition(source)
  return Node.isParameterDeclaration(parameter) ? propertyOf(parameter, name) : null
}

/** What a property of a handler's parameter is: `context.params`, `req.query`, `props.searchParams`. */
function propertyOf(parameter: ParameterDeclaration, name: string): RequestInput | null {
  const file = fileOf(parameter)
  if (served.test(file)) {
    if (name === 'params') return whole('parameters')
    return name === 'searchParams' ? whole('query') : null
  }
  if (!inPages.test(file) && !isRequest(parameter)) return null
  if (name === 'query') return whole('query')
  if (name === 'params') return whole('parameters')
  return name === 'body' && isRequest(parameter) ? whole('body') : null
}

/** `request.nextUrl`, `new URL(request.url)`, or a variable that holds one. */
function isUrl(expression: Node, resolver: Resolver): boolean {
  const node = resolver.definition(expression)
  if (Node.isPropertyAccessExpression(node)) {
    const parameter = resolver.definition(node.getExpression())
    return node.getName() === 'nextUrl' && Node.isParameterDeclaration(parameter) && isRequest(parameter)
  }
  const [url] =
    Node.isNewExpression(node) && node.getExpression().getText() === 'URL' ? node.getArguments() : []
  if (!Node.isPropertyAccessExpression(url) || url.getName() !== 'url') return false
  const parameter = resolver.definition(url.getExpression())
  return Node.isParameterDeclaration(parameter) && isRequest(parameter)
}

/** A parameter of the request's type, or the first of a handler without types. */
function isRequest(parameter: ParameterDeclaration): boolean {
  const type = parameter.getTypeNode()?.getText()
  if (type !== undefined) return requestType.test(type)
  const fn = parameter.getParent()
  const isFirst = isFunction(fn) && fn.getParameters()[0] === parameter
  return isFirst && (served.test(fileOf(parameter)) || inPages.test(fileOf(parameter)))
}

function whole(part: RequestPart): RequestInput {
  return { part, name: null, schema: null }
}
