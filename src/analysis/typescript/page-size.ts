import { Node, ts, type CallExpression, type Identifier } from 'ts-morph'
import type { PageSize } from '../facts.ts'
import { capsSomething, comparesWithMaximum } from './caps.ts'
import type { Framework } from './frameworks/framework.ts'
import { calleeName, isFunction, isTransparent, nameOf, returnedExpressions, symbolOf } from './functions.ts'
import type { FunctionNode } from './functions.ts'
import { queryDefault } from './query-defaults.ts'
import { limitInSchema } from './schema-limits.ts'
import type { Resolver } from './resolver.ts'

/** What following a limit back to its source rests on. */
export interface PageSizeContext {
  readonly resolver: Resolver
  readonly framework: Framework
  /** The calls from the handler to the function the query stands in, outermost first. */
  readonly callers: readonly CallExpression[]
}

/** Where a limit comes from, and the node at which a maximum is missing; null for the limit itself. */
interface Size {
  readonly source: PageSize['source']
  readonly optional: boolean
  readonly place: Node | null
}

const coercions = new Set([
  'Number',
  'parseInt',
  'parseFloat',
  'floor',
  'round',
  'ceil',
  'trunc',
  'abs',
  'String',
])
const parsers = /^(?:safeParse|parse|validate|cast|attempt)(?:Async|Sync)?$/
const maximumDepth = 24

const constant: Size = { source: 'constant', optional: false, place: null }
const absent: Size = { source: 'constant', optional: true, place: null }
const capped: Size = { source: 'capped', optional: false, place: null }
const unknown: Size = { source: 'unknown', optional: false, place: null }

/** Follows the limit of a query back to a constant or the request; the node tells where a maximum belongs. */
export function pageSizeOf(
  limit: Node,
  context: PageSizeContext,
): Pick<PageSize, 'source' | 'optional'> & { readonly node: Node } {
  const { source, optional, place } = new Trail(context).value(limit, [], context.callers)
  return { source, optional, node: place ?? limit }
}

/** A walk backwards from a limit. `path` names the property that is wanted of a value; `callers` are the calls around it. */
class Trail {
  readonly #context: PageSizeContext
  readonly #seen = new Set<string>()
  #depth = 0

  constructor(context: PageSizeContext) {
    this.#context = context
  }

  value(node: Node, path: readonly string[], callers: readonly CallExpression[]): Size {
    if (this.#depth > maximumDepth) return unknown
    this.#depth++
    try {
      return this.#valueOf(node, path, callers)
    } finally {
      this.#depth--
    }
  }

  #valueOf(node: Node, path: readonly string[], callers: readonly CallExpression[]): Size {
    const input = this.#input(node, path)
    if (input) return input
    if (isTransparent(node)) return this.value(node.getExpression(), path, callers)
    if (Node.isNumericLiteral(node) || Node.isStringLiteral(node)) return constant
    if (node.getText() === 'undefined' || Node.isNullLiteral(node)) return absent
    if (Node.isIdentifier(node)) return this.#named(node, path, callers)
    if (Node.isPropertyAccessExpression(node)) return this.#property(node, node.getName(), path, callers)
    if (Node.isElementAccessExpression(node)) {
      const key = node.getArgumentExpression()
      return Node.isStringLiteral(key) ? this.#property(node, key.getLiteralValue(), path, callers) : unknown
    }
    if (Node.isObjectLiteralExpression(node)) return this.#member(node, path, callers)
    if (Node.isConditionalExpression(node)) return this.#choice(node, path, callers)
    if (Node.isBinaryExpression(node)) return this.#operation(node, path, callers)
    if (Node.isPrefixUnaryExpression(node)) return defined(this.value(node.getOperand(), path, callers))
    return Node.isCallExpression(node) ? this.#call(node, path, callers) : unknown
  }

  /** A value that the framework's adapter knows to be a piece of the request. */
  #input(node: Node, path: readonly string[]): Size | null {
    const { framework, resolver } = this.#context
    const input = framework.requestInput(node, resolver)
    if (!input) return null
    const name = input.name ?? path.at(-1)
    if (name === undefined || (input.name === null && path.length !== 1)) return unknown
    const checked = this.#checked(input.schema, name)
    if (checked) return checked
    const set = input.part === 'query' ? queryDefault(name, resolver) : null
    return set === 'capped' ? capped : { source: 'request', optional: !input.present && !set, place: null }
  }

  #checked(schema: Node | null, name: string): Size | null {
    const limit = schema && limitInSchema(schema, name, this.#context.resolver)
    if (!limit) return null
    if (limit.capped) return { ...capped, optional: limit.optional }
    return { source: 'request', optional: limit.optional, place: limit.node }
  }

  #property(node: Node, name: string, path: readonly string[], callers: readonly CallExpression[]): Size {
    if (!Node.isPropertyAccessExpression(node) && !Node.isElementAccessExpression(node)) return unknown
    if (this.#isCompared(node, name)) return capped
    const receiver = node.getExpression()
    if (receiver.getText() === 'process.env') return constant
    const followed = this.value(receiver, [name, ...path], callers)
    if (followed.source !== 'unknown') return followed
    return Node.isNumericLiteral(this.#context.resolver.definition(node)) ? constant : unknown
  }

  #named(name: Identifier, path: readonly string[], callers: readonly CallExpression[]): Size {
    const declaration = symbolOf(name)?.getValueDeclaration()
    const key = `${name.getText()} ${path.join('.')} ${declaration?.getStart() ?? ''} ${callers.length}`
    if (this.#seen.has(key)) return unknown
    this.#seen.add(key)
    try {
      if (path.length === 0 && this.#isCompared(name, name.getText())) return capped
      if (Node.isBindingElement(declaration)) return this.#bound(declaration, path, callers)
      if (Node.isParameterDeclaration(declaration)) return this.#passed(declaration, path, callers)
      if (Node.isVariableDeclaration(declaration)) return this.#held(declaration, path, callers)
      return Node.isNumericLiteral(this.#context.resolver.definition(name)) ? constant : unknown
    } finally {
      this.#seen.delete(key)
    }
  }

  /** A variable: its first value and all that are assigned to it later. */
  #held(declaration: Node, path: readonly string[], callers: readonly CallExpression[]): Size {
    if (!Node.isVariableDeclaration(declaration)) return unknown
    const scope = declaration.getFirstAncestor(isFunction) ?? declaration.getSourceFile()
    const symbol = declaration.getSymbol()
    const assigned = scope
      .getDescendantsOfKind(ts.SyntaxKind.BinaryExpression)
      .filter((node) => node.getOperatorToken().getText() === '=')
      .filter((node) => {
        const target = path.length === 0 ? node.getLeft() : memberOwner(node.getLeft(), path)
        return Node.isIdentifier(target) && symbolOf(target) === symbol
      })
      .map((node) => node.getRight())
    const initial = declaration.getInitializer()
    const values = [...(initial ? [initial] : []), ...assigned]
    if (values.length === 0) return path.length === 0 ? absent : unknown
    const sizes = values.map((value) => this.#placed(this.value(value, path, callers), value, callers))
    if (sizes.slice(1).some(({ source }) => source === 'capped')) return capped
    const known = sizes.filter(({ source }) => source !== 'unknown')
    return known.length > 0 && (path.length > 0 || known.length === sizes.length) ? together(known) : unknown
  }

  #bound(element: Node, path: readonly string[], callers: readonly CallExpression[]): Size {
    if (!Node.isBindingElement(element)) return unknown
    const name = (element.getPropertyNameNode() ?? element.getNameNode()).getText()
    const inner = element.getDotDotDotToken() ? path : [name, ...path]
    const owner = element.getParent().getParent()
    if (Node.isArrayBindingPattern(element.getParent())) return unknown
    const size = Node.isBindingElement(owner)
      ? this.#bound(owner, inner, callers)
      : Node.isParameterDeclaration(owner)
        ? this.#passed(owner, inner, callers)
        : this.#initial(owner, inner, callers)
    // What a caller chose is limited where it is used, what the request holds where it is read.
    const placed = Node.isParameterDeclaration(owner) ? size : this.#placed(size, element, callers)
    return element.getInitializer() ? defined(placed) : placed
  }

  #initial(owner: Node, path: readonly string[], callers: readonly CallExpression[]): Size {
    const initial = Node.isVariableDeclaration(owner) ? owner.getInitializer() : undefined
    return initial ? this.value(initial, path, callers) : unknown
  }

  /** A parameter: what the call on the path gives it. */
  #passed(parameter: Node, path: readonly string[], callers: readonly CallExpression[]): Size {
    const fn = parameter.getParent()
    const caller = callers.at(-1)
    if (!Node.isParameterDeclaration(parameter) || !isFunction(fn) || !caller) return unknown
    if (calleeName(caller) !== nameOf(fn) && !this.#context.resolver.callees(caller).includes(fn))
      return unknown
    const initial = parameter.getInitializer()
    const given = caller.getArguments()[fn.getParameters().indexOf(parameter)]
    const before = callers.slice(0, -1)
    if (!given) return initial ? this.value(initial, path, callers) : absent
    const size = this.value(given, path, before)
    return initial ? defined(size) : size
  }

  #member(object: Node, path: readonly string[], callers: readonly CallExpression[]): Size {
    const [name, ...rest] = path
    if (!Node.isObjectLiteralExpression(object) || name === undefined) return unknown
    const property = object.getProperty(name)
    if (Node.isShorthandPropertyAssignment(property)) return this.value(property.getNameNode(), rest, callers)
    const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
    if (value) return this.value(value, rest, callers)
    const spreads = object.getProperties().filter(Node.isSpreadAssignment)
    if (!property && spreads.length === 0) return absent
    const sizes = spreads.map((spread) => this.value(spread.getExpression(), path, callers))
    return sizes.findLast(({ source }) => source !== 'unknown') ?? unknown
  }

  #choice(node: Node, path: readonly string[], callers: readonly CallExpression[]): Size {
    if (!Node.isConditionalExpression(node)) return unknown
    return together([node.getWhenTrue(), node.getWhenFalse()].map((each) => this.value(each, path, callers)))
  }

  #operation(node: Node, path: readonly string[], callers: readonly CallExpression[]): Size {
    if (!Node.isBinaryExpression(node)) return unknown
    const operator = node.getOperatorToken().getText()
    if (operator === '=') return this.value(node.getRight(), path, callers)
    const right = this.value(node.getRight(), path, callers)
    if (operator === '&&') return { ...right, optional: true }
    const left = this.value(node.getLeft(), path, callers)
    if (operator === '||' || operator === '??')
      return { ...together([left, right]), optional: right.optional }
    return ['+', '-', '*', '/'].includes(operator) ? defined(together([left, right])) : unknown
  }

  #call(call: CallExpression, path: readonly string[], callers: readonly CallExpression[]): Size {
    const name = calleeName(call) ?? ''
    const callee = call.getExpression()
    const args = call.getArguments()
    if (callee.getText() === 'Math.min' || /^clamp/i.test(name)) return capped
    const functions = this.#context.resolver.callees(call)
    if (functions.length > 0) return this.#returned(call, functions, path, callers)
    if (callee.getText() === 'Math.max')
      return defined(together(args.map((argument) => this.value(argument, path, callers))))
    if (coercions.has(name) && args[0]) return defined(this.value(args[0], path, callers))
    if (!Node.isPropertyAccessExpression(callee)) return unknown
    if (['toString', 'trim', 'valueOf', 'at'].includes(name))
      return this.value(callee.getExpression(), path, callers)
    const last = path.at(-1)
    return parsers.test(name) && last !== undefined
      ? (this.#checked(callee.getExpression(), last) ?? unknown)
      : unknown
  }

  /** What a function of this project gives back; one that is given a piece of the request and can't be read checks it. */
  #returned(
    call: CallExpression,
    functions: readonly FunctionNode[],
    path: readonly string[],
    callers: readonly CallExpression[],
  ): Size {
    const inner = [...callers, call]
    const sizes = functions.flatMap(returnedExpressions).map((returned) => this.value(returned, path, inner))
    if (sizes.some(({ source }) => source === 'capped')) return capped
    if (sizes.length > 0 && sizes.every(({ source }) => source !== 'unknown')) return together(sizes)
    const named = call.getArguments().flatMap((argument) => [...this.#context.resolver.functions(argument)])
    if (!this.#takesInput(call, callers) || [...functions, ...named].some(capsSomething)) return unknown
    return { source: 'request', optional: false, place: call }
  }

  /** `validate(req.query, 'limit', …)` or `parse(req.query.limit)`, where a plain value comes back. */
  #takesInput(call: CallExpression, callers: readonly CallExpression[]): boolean {
    const args = call.getArguments()
    const names = args.filter(Node.isStringLiteral).map((literal) => literal.getLiteralValue())
    return args.some((argument) => {
      if (this.value(argument, [], callers).source === 'request') return true
      return names.some((name) => this.value(argument, [name], callers).source === 'request')
    })
  }

  /** Whether the function around a node compares what it names with a maximum. */
  #isCompared(node: Node, name: string): boolean {
    const fn = node.getFirstAncestor(isFunction)
    return fn !== undefined && comparesWithMaximum(fn, name, this.#context.resolver)
  }

  /** A limit that is read or converted in the query's own function lacks its maximum there. */
  #placed(size: Size, node: Node, callers: readonly CallExpression[]): Size {
    const isOwn = callers.length === this.#context.callers.length
    return size.source === 'request' && size.place === null && isOwn ? { ...size, place: node } : size
  }
}

/** `limit` of `page.limit = …`, down to the object it belongs to. */
function memberOwner(target: Node, path: readonly string[]): Node | undefined {
  if (!Node.isPropertyAccessExpression(target) || path.length !== 1) return undefined
  return target.getName() === path[0] ? target.getExpression() : undefined
}

function defined(size: Size): Size {
  return { ...size, optional: false }
}

/** One of several values: the request's word counts where nothing caps it. */
function together(sizes: readonly Size[]): Size {
  const optional = sizes.some((size) => size.optional)
  const found =
    sizes.find(({ source }) => source === 'request') ??
    sizes.find(({ source }) => source === 'unknown') ??
    sizes.find(({ source }) => source === 'capped') ??
    constant
  return { ...found, optional }
}
