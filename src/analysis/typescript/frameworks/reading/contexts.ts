import { Node, type CallExpression } from 'ts-morph'
import { isSupportFile } from '../../../source-tree.ts'
import { constructionsNamed } from '../../classes.ts'
import { calleeName, isClass, isFunction, type ClassNode, type FunctionNode } from '../../functions.ts'
import { fileOf, type Program } from '../../program.ts'
import { noBindings, type Bindings, type Value, type Values } from './values.ts'

/** Code that runs in more ways than these is read in the first of them. */
const maximumContexts = 60
/** Methods of arrays that run a function for each item. */
export const iterating = new Set(['forEach', 'map', 'flatMap'])

/** The ways in which a piece of code runs: for each item of a loop, each call of its function, each instance of its class. */
export class Contexts {
  readonly #program: Program
  readonly #values: Values
  readonly #known = new Map<Node, readonly Bindings[]>()
  readonly #given = new Map<FunctionNode, Value[]>()

  constructor(program: Program, values: Values) {
    this.#program = program
    this.#values = values
  }

  /** The bindings under which a node is read; one without any where nothing is known. */
  of(node: Node): readonly Bindings[] {
    const scope = node.getFirstAncestor((ancestor) => isScope(ancestor, node))
    if (!scope) return [noBindings]
    const known = this.#known.get(scope)
    if (known) return known
    this.#known.set(scope, [noBindings])
    const found = this.#inside(scope).slice(0, maximumContexts)
    const contexts = found.length > 0 ? found : [noBindings]
    this.#known.set(scope, contexts)
    return contexts
  }

  /** Takes note of the second argument with which a framework calls a function: the options of a plugin. */
  giveOptions(fn: FunctionNode, options: Value): void {
    const given = this.#given.get(fn) ?? []
    if (given.some(({ node }) => node === options.node)) return
    this.#given.set(fn, [...given, options])
    this.#known.clear()
  }

  #inside(scope: Node): readonly Bindings[] {
    if (Node.isForOfStatement(scope)) return this.#eachOfLoop(scope)
    if (isClass(scope)) return this.#instances(scope)
    return isFunction(scope) ? this.#entries(scope) : this.of(scope)
  }

  #eachOfLoop(loop: Node): Bindings[] {
    if (!Node.isForOfStatement(loop)) return []
    const declared = loop.getInitializer()
    const declaration = Node.isVariableDeclarationList(declared) ? declared.getDeclarations()[0] : undefined
    return this.of(loop).flatMap((outer) => {
      const items = this.#values.elements({ node: loop.getExpression(), bindings: outer })
      if (!items || !declaration) return [outer]
      return items.map((item) => this.#bound(declaration.getNameNode(), declaration, item, outer))
    })
  }

  #entries(fn: FunctionNode): readonly Bindings[] {
    const [, parameter] = fn.getParameters()
    const given = this.#given.get(fn)
    if (!parameter || !given) return this.#calls(fn)
    return this.#calls(fn).flatMap((outer) =>
      given.map((options) => this.#bound(parameter.getNameNode(), parameter, options, outer)),
    )
  }

  #calls(fn: FunctionNode): readonly Bindings[] {
    const call = fn.getParent()
    if (Node.isCallExpression(call)) return this.#eachOfCallback(fn, call)
    const callers = this.#values.resolver.callersOf(fn).filter((caller) => !isSupportFile(fileOf(caller)))
    if (callers.length === 0) return this.of(fn)
    return callers
      .slice(0, maximumContexts)
      .flatMap((caller) => this.of(caller).map((outer) => this.#values.entered(fn, caller, outer)))
  }

  #eachOfCallback(fn: FunctionNode, call: CallExpression): readonly Bindings[] {
    const callee = call.getExpression()
    const [parameter] = fn.getParameters()
    if (!parameter || !Node.isPropertyAccessExpression(callee) || !iterating.has(calleeName(call) ?? ''))
      return this.of(call)
    return this.of(call).flatMap((outer) => {
      const items = this.#values.elements({ node: callee.getExpression(), bindings: outer })
      return items?.map((item) => this.#bound(parameter.getNameNode(), parameter, item, outer)) ?? [outer]
    })
  }

  #bound(name: Node, declaration: Node, item: Value, outer: Bindings): Bindings {
    const bindings = new Map(outer)
    this.#values.bind(name, declaration, item, bindings)
    return bindings
  }

  #instances(owner: ClassNode): Bindings[] {
    const classes = [owner, ...this.#values.resolver.classesBelow(owner)]
    const names = new Set(classes.map((candidate) => candidate.getName() ?? ''))
    const creations = [...names]
      .flatMap((name) => constructionsNamed(name, this.#program))
      .filter((creation) => !isSupportFile(fileOf(creation)))
      .filter((creation) => this.#values.classesOf(creation).includes(owner))
    return creations
      .slice(0, maximumContexts)
      .flatMap((creation) => this.of(creation).map((outer) => this.#values.instantiated(creation, outer)))
  }
}

/** Whether a node around another makes it run once for each of something. */
function isScope(ancestor: Node, node: Node): boolean {
  if (Node.isForOfStatement(ancestor)) return node.getPos() >= ancestor.getStatement().getPos()
  return isFunction(ancestor) || isClass(ancestor)
}
