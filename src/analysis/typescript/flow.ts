import {
  Node,
  type ArrayLiteralExpression,
  type BinaryExpression,
  type BindingElement,
  type CallExpression,
} from 'ts-morph'
import type { Use } from '../facts.ts'
import type { Framework } from './frameworks/framework.ts'
import { calleeName, isErrorFirst, isFunction, isTransparent, type FunctionNode } from './functions.ts'
import { usesOf } from './identifiers.ts'
import { Topic } from './memo.ts'
import { isComparablePredicate } from './predicates.ts'
import type { Resolver } from './resolver.ts'
import { adding, filtering, seeking, takesOne, testing } from './row-methods.ts'
import { collectsItems, filterOfItself, isAddedTo, isContainer, isErrorAt } from './row-shapes.ts'
import { isMapKey, isTest, keepingRows, presenceIn } from './row-shapes.ts'
import { isCountedUp, isPickedUp, isTally } from './walks.ts'
import { narrowed, oneOf, type Way } from './ways.ts'

/** Libraries whose queries take values in, and give other rows out. */
const dataLibraries =
  /"(?:knex|typeorm|@nestjs\/typeorm|@prisma\/client|drizzle-orm[^"]*|mongoose|sequelize|sequelize-typescript|kysely|pg|mysql2?[^"]*|postgres|better-sqlite3|mongodb|objection|@mikro-orm\/[^"]*)"/
const arithmetic = new Set(['+', '-', '*', '/', '+=', '-=', '*=', '/='])
const comparing = new Set(['===', '!==', '==', '!=', '<', '>', '<=', '>=', 'in', 'instanceof'])

/** The function a call runs in, and the calls that led there. */
export interface FlowContext {
  readonly resolver: Resolver
  /** The calls from the handler to the function in which the value is made, outermost first. */
  readonly callers: readonly CallExpression[]
  readonly framework: Framework
}

const rowUses = new Topic<readonly Use[]>([])

/** Every use of the rows that an expression gives, followed forward through variables, calls and returns. */
export function usesOfValue(value: Node, context: FlowContext): readonly Use[] {
  return usesWithin(value, [], context)
}

/** Every use of what the rows hold under a property, which may be a path: `author.followers`. */
export function usesOfProperty(value: Node, property: string, context: FlowContext): readonly Use[] {
  return usesWithin(value, property.split('.'), context)
}

function usesWithin(value: Node, within: readonly string[], context: FlowContext): readonly Use[] {
  const { callers, framework, resolver } = context
  const key = [value, framework.id, within.join('.'), ...callers]
  return resolver.remember(rowUses, key, () => new Flow(context).uses(value, within))
}

class Flow {
  readonly #context: FlowContext
  readonly #seen = new Set<Node>()
  readonly #uses = new Map<string, Use>()
  #noted = 0

  constructor(context: FlowContext) {
    this.#context = context
  }

  uses(value: Node, within: readonly string[]): Use[] {
    const way = { callers: this.#context.callers, filtered: false, comparable: true, within, single: false }
    const callback = Node.isCallExpression(value) ? value.getArguments().at(-1) : undefined
    if (callback && !(isFunction(callback) && !isErrorFirst(callback))) this.#intoCallback(callback, 1, way)
    this.#climb(value, way)
    return [...this.#uses.values()]
  }

  /** Notes a use; of what lies within the value, only uses of the value as a whole concern it. */
  #use(kind: Use['kind'], { filtered, comparable, within, single }: Way, more: Partial<Use> = {}): void {
    if (within.length > 0 && kind !== 'response' && kind !== 'other') return
    this.#noted++
    const rows = single ? { ...more, single: true as const } : more
    const use = filtered ? { kind, filtered, comparable, ...rows } : { kind, filtered, ...rows }
    this.#uses.set(JSON.stringify(use), use)
  }

  /** Follows what a node gives by way of the node around it. */
  #climb(node: Node, way: Way): void {
    if (this.#seen.has(node)) return
    this.#seen.add(node)
    const parent = node.getParent()
    if (!parent || Node.isExpressionStatement(parent)) return
    if (Node.isArrayLiteralExpression(parent)) return this.#throughList(node, parent, way)
    if (way.within.length > 0 && Node.isPropertyAssignment(parent))
      return this.#climb(parent, { ...way, within: [parent.getName(), ...way.within] })
    if (way.walk && isTally(parent)) return this.#use('property', way)
    if (isTransparent(parent) || isContainer(parent)) return this.#climb(parent, way)
    if (Node.isConditionalExpression(parent))
      return parent.getCondition() === node ? this.#use('test', way) : this.#climb(parent, way)
    if (Node.isBinaryExpression(parent)) return this.#throughOperator(node, parent, way)
    if (Node.isPropertyAccessExpression(parent)) return this.#throughProperty(parent, way)
    if (Node.isElementAccessExpression(parent))
      return parent.getExpression() === node
        ? this.#climb(parent, oneOf(parent, way))
        : this.#use(isCountedUp(parent) ? 'sum' : 'test', way)
    if (Node.isVariableDeclaration(parent)) return this.#throughName(parent.getNameNode(), way)
    if (Node.isReturnStatement(parent) || Node.isYieldExpression(parent)) return this.#returned(parent, way)
    if (Node.isArrowFunction(parent) && parent.getBody() === node) return this.#leaving(parent, way)
    if (Node.isForOfStatement(parent) && parent.getExpression() === node)
      return this.#throughDeclared(parent.getInitializer(), { ...way, walk: parent })
    if (isTest(parent)) return this.#use('test', way)
    if (Node.isCallExpression(parent) && parent.getExpression() !== node)
      return this.#asArgument(node, parent, way)
    this.#use('other', way)
  }

  /** `const [users, count] = await Promise.all([…])` takes the list apart again. */
  #throughList(node: Node, list: ArrayLiteralExpression, way: Way): void {
    const all = list.getParent()
    if (!Node.isCallExpression(all) || !/^Promise\.all|\btransaction$/.test(all.getExpression().getText()))
      return this.#climb(list, way)
    let result = all.getParent()
    while (isTransparent(result)) result = result.getParent()
    const pattern = Node.isVariableDeclaration(result) ? result.getNameNode() : undefined
    if (!Node.isArrayBindingPattern(pattern)) return this.#climb(all, way)
    const element = pattern.getElements()[list.getElements().findIndex((candidate) => candidate === node)]
    if (Node.isBindingElement(element)) this.#throughName(element.getNameNode(), way)
  }

  #throughOperator(node: Node, parent: BinaryExpression, way: Way): void {
    const operator = parent.getOperatorToken().getText()
    if (comparing.has(operator)) return this.#use('test', way)
    if (arithmetic.has(operator))
      return operator.endsWith('=') ? this.#use('sum', way) : this.#climb(parent, way)
    if (operator === '&&' && parent.getLeft() === node) this.#use('test', way)
    if (['??', '||', '&&', ','].includes(operator)) return this.#climb(parent, way)
    if (!operator.endsWith('=') || parent.getRight() !== node) return
    const target = parent.getLeft()
    if (isAddedTo(target, parent.getRight())) return this.#use('sum', way)
    if (this.#context.framework.sendsAssignment?.(target)) return this.#use('response', way)
    if (way.within.length > 0 && Node.isPropertyAccessExpression(target)) {
      const within = [target.getName(), ...way.within]
      return this.#throughName(target.getExpression(), { ...way, within })
    }
    if (Node.isPropertyAccessExpression(target) || Node.isElementAccessExpression(target))
      return this.#throughName(target.getExpression(), way)
    if (!isPickedUp(target, parent, way)) return this.#throughName(target, way)
    this.#use('other', { ...way, single: true })
    this.#throughName(target, { ...way, single: true })
  }

  #throughProperty(access: Node, way: Way): void {
    if (!Node.isPropertyAccessExpression(access)) return
    const call = access.getParent()
    const name = access.getName()
    if (!Node.isCallExpression(call) || call.getExpression() !== access)
      return name === 'length'
        ? this.#use('count', way, presenceIn(access))
        : this.#throughMember(access, name, way)
    if (call.getArguments().some((argument) => this.#context.framework.isResponse?.(argument)))
      return this.#use('response', way)
    const callback = call.getArguments()[0]
    const next = filtering.has(name)
      ? narrowed(way, seeking.has(name) || isComparablePredicate(callback))
      : way
    if (way.within.length > 0 && isFunction(callback)) this.#throughParameter(callback, next)
    if (testing.has(name)) return this.#use('test', filtering.has(name) ? oneOf(call, next) : next)
    if (name === 'reduce' && !collectsItems(callback)) return this.#use('sum', next)
    if (name === 'forEach' || name === 'then') {
      const parameter = isFunction(callback) ? callback.getParameters()[0] : undefined
      const walked = name === 'forEach' ? { ...next, walk: call } : next
      if (parameter) return this.#throughName(parameter.getNameNode(), walked)
      return this.#use('other', next)
    }
    if (!keepingRows.has(name) && !takesOne.has(name) && name !== 'catch' && name !== 'finally')
      this.#use('property', next)
    if (isFunction(callback) && name === 'map') this.#throughParameter(callback, next)
    if (way.within.length > 0 && (name === 'map' || name === 'flatMap'))
      return this.#throughMapper(call, next)
    this.#climb(call, takesOne.has(name) ? oneOf(call, next) : next)
  }

  /** What a callback makes of rows that are followed for what lies within them: only what it returns goes on. */
  #throughMapper(call: CallExpression, way: Way): void {
    const [callback] = call.getArguments()
    if (!callback || isFunction(callback)) return
    for (const fn of this.#context.resolver.functions(callback))
      this.#throughParameter(fn, { ...way, callers: [...way.callers, call] })
  }

  /** A property of the rows; of rows that are followed for what lies within them, only that one. */
  #throughMember(access: Node, name: string, way: Way): void {
    const [wanted, ...within] = way.within
    if (wanted === undefined || wanted === name) this.#climb(access, { ...way, within })
  }

  /** What a callback does with an item besides returning it. */
  #throughParameter(callback: FunctionNode, way: Way): void {
    const parameter = callback.getParameters()[0]
    if (parameter) this.#throughName(parameter.getNameNode(), way)
  }

  #throughDeclared(item: Node, way: Way): void {
    if (!Node.isVariableDeclarationList(item)) return this.#throughName(item, way)
    for (const declaration of item.getDeclarations()) this.#throughName(declaration.getNameNode(), way)
  }

  /** Every use of a variable, or of the names that a pattern takes out of the value. */
  #throughName(name: Node, way: Way): void {
    if (Node.isObjectBindingPattern(name) || Node.isArrayBindingPattern(name)) {
      for (const element of name.getElements())
        if (Node.isBindingElement(element)) this.#throughElement(element, way)
      return
    }
    if (Node.isPropertyAccessExpression(name) || Node.isElementAccessExpression(name))
      return this.#throughName(name.getExpression(), way)
    if (!Node.isIdentifier(name)) return this.#use('other', way)
    const places = usesOf(name, this.#context.resolver)
    const filters = places.flatMap(filterOfItself)
    const next = filters.length > 0 ? narrowed(way, filters.every(isComparablePredicate)) : way
    for (const place of places) if (!isErrorAt(place)) this.#climb(place, next)
  }

  #throughElement(element: BindingElement, way: Way): void {
    const isObject = Node.isObjectBindingPattern(element.getParent())
    const [wanted, ...within] = way.within
    if (!isObject || wanted === undefined || element.getDotDotDotToken())
      return this.#throughName(element.getNameNode(), way)
    const name = (element.getPropertyNameNode() ?? element.getNameNode()).getText()
    if (name === wanted) this.#throughName(element.getNameNode(), { ...way, within })
  }

  #returned(statement: Node, way: Way): void {
    const fn = statement.getFirstAncestor(isFunction)
    if (fn) this.#leaving(fn, way)
  }

  /** What a function gives back goes to the call it is a callback of, to its caller, or to the framework. */
  #leaving(fn: FunctionNode, way: Way): void {
    const call = fn.getParent()
    if (Node.isCallExpression(call)) {
      const name = calleeName(call) ?? ''
      if (filtering.has(name) || name === 'reduce' || name === 'sort' || name === 'toSorted') return
      if (
        keepingRows.has(name) ||
        /^(?:then|\$?transaction|begin|savepoint|run|withTransaction|all)$/.test(name)
      )
        return this.#climb(call, way)
      this.#use('other', way)
    }
    const caller = way.callers.at(-1)
    if (caller) return this.#climb(caller, { ...way, callers: way.callers.slice(0, -1) })
    if (this.#context.framework.sendsReturnValue) this.#use('response', way)
  }

  #asArgument(node: Node, call: CallExpression, way: Way): void {
    if (this.#context.framework.sends(call)) return this.#use('response', way)
    const name = calleeName(call) ?? ''
    const callee = call.getExpression()
    const index = call.getArguments().findIndex((argument) => argument === node)
    if (isMapKey(index, call, this.#context.resolver))
      return this.#use(isCountedUp(call) ? 'sum' : 'property', way)
    if (adding.has(name) && Node.isPropertyAccessExpression(callee))
      return this.#throughName(callee.getExpression(), way)
    const fns = this.#context.resolver.callees(call)
    const noted = this.#noted
    for (const fn of fns) {
      const parameter = fn.getParameters()[index]
      if (parameter) this.#throughName(parameter.getNameNode(), { ...way, callers: [...way.callers, call] })
    }
    // What a function does with it may be out of sight: a queue, an event, a class of a package.
    if (fns.length > 0 && this.#noted === noted && way.within.length === 0) return this.#use('other', way)
    if (fns.length > 0 || this.#intoCallback(callee, index, way)) return
    const isQuery = dataLibraries.test(this.#context.resolver.origin(callee) ?? '')
    this.#use(isQuery && name === 'eq' ? 'key' : 'other', way)
    if (!isQuery) this.#climb(call, way)
  }

  /**
   * What a callback is given: the parameter of a function, of the function that the caller hands over as this function's
   * parameter, or what `resolve` is called with in `new Promise((resolve) => …)`. False where it is none of these.
   */
  #intoCallback(callback: Node, index: number, way: Way): boolean {
    const { resolver } = this.#context
    if (isFunction(callback)) {
      const parameter = callback.getParameters()[index]
      if (parameter) this.#throughName(parameter.getNameNode(), way)
      return true
    }
    const declaration = Node.isIdentifier(callback) ? resolver.definition(callback) : undefined
    const owner = Node.isParameterDeclaration(declaration) ? declaration.getParent() : undefined
    if (!isFunction(owner)) return false
    const position = owner.getParameters().findIndex((parameter) => parameter === declaration)
    const promise = owner.getParent()
    if (Node.isNewExpression(promise)) {
      if (position === 0) this.#climb(promise, way)
      return true
    }
    const caller = way.callers.at(-1)
    const given =
      caller && resolver.callees(caller).includes(owner) ? caller.getArguments()[position] : undefined
    const next = { ...way, callers: way.callers.slice(0, -1) }
    if (!given) return false
    if (isFunction(given)) return this.#intoCallback(given, index, next)
    const [named] = resolver.functions(given)
    return this.#intoCallback(named ?? given, index, next)
  }
}
