import { Node, type CallExpression } from 'ts-morph'
import type { HttpMethod } from '../../../../model/route.ts'
import { calleeName, isFunction } from '../../functions.ts'
import { fileOf, type Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import { Contexts, iterating } from './contexts.ts'
import type { RouteDefinition } from '../framework.ts'
import { handlersIn } from './handlers.ts'
import { PathText } from './path-text.ts'
import { joinPath } from './paths.ts'
import { rootOf } from './responses.ts'
import { Routers, type Router, type RouterKind } from './routers.ts'
import { Values, type Bindings, type Value } from './values.ts'

/** A call of a method of a router, in one of the ways in which it runs. */
export interface RouterCall {
  readonly call: CallExpression
  readonly receiver: Node
  /** The name of the method, where a route's line is. */
  readonly name: Node
  readonly bindings: Bindings
}

/** What a call registers. */
export interface Registration {
  readonly at: RouterCall
  readonly methods: readonly HttpMethod[]
  readonly paths: readonly string[]
  /** What is given to run: middleware, then the handler. */
  readonly handlers: readonly (Node | Value)[]
  readonly schemas?: RouteDefinition['schemas'] | null
}

/** What finding routes is made of, for frameworks with routers that are mounted on each other. */
export class RouteReader {
  readonly values: Values
  readonly contexts: Contexts
  readonly paths: PathText
  readonly routers: Routers
  readonly #program: Program
  readonly #routes = new Map<string, RouteDefinition>()

  constructor(program: Program, resolver: Resolver, kind: RouterKind) {
    this.#program = program
    this.values = new Values(resolver)
    this.contexts = new Contexts(program, this.values)
    this.paths = new PathText(this.values)
    this.routers = new Routers(this.values, this.paths, kind)
  }

  /** The calls of a method of any router, once for each way in which they run. */
  callsOf(method: string): RouterCall[] {
    return this.#program.applicationCallsNamed(method).flatMap((call) => {
      const callee = call.getExpression()
      if (!Node.isPropertyAccessExpression(callee)) return []
      const receiver = callee.getExpression()
      const isRouter = this.routers.isRouter(receiver)
      if (!isRouter && !this.#isGiven(receiver)) return []
      return this.contexts
        .of(call)
        .filter((bindings) => isRouter || this.routers.identify({ node: receiver, bindings }).length > 0)
        .map((bindings) => ({ call, receiver, name: callee.getNameNode(), bindings }))
    })
  }

  /** Whether an expression starts with a name that a function takes out of what it is given, or a loop goes through, so that the code around it tells what it is. */
  #isGiven(receiver: Node): boolean {
    const definition = this.values.resolver.definition(rootOf(receiver) ?? receiver)
    if (Node.isBindingElement(definition)) return definition.getFirstAncestor(isFunction) !== undefined
    const holder = definition.getParent()
    const isOfLoop = Node.isVariableDeclaration(definition) && Node.isForOfStatement(holder?.getParent())
    return (
      isOfLoop ||
      (Node.isParameterDeclaration(definition) && isFunction(holder) && isIteration(holder.getParent()))
    )
  }

  /** The routers that the elements of an argument stand for. */
  routersIn(argument: Value): Router[] {
    return (this.values.elements(argument) ?? [argument]).flatMap((element) => this.routers.identify(element))
  }

  /** Whether an argument that isn't a router is a path, not middleware. */
  isPath(argument: Value): boolean {
    const [first = argument] = this.values.elements(argument) ?? []
    if (this.paths.known(first) !== null) return true
    if (handlersIn(first, this.values).length > 0) return false
    const { node } = this.values.follow(first)
    const isSetting = Node.isCallExpression(node) && /^get(?:OrThrow)?$/.test(calleeName(node) ?? '')
    return isSetting || this.values.resolver.origin(node) === null
  }

  /** Mounts routers on the receiver of a call. */
  mount(at: RouterCall, children: readonly Router[], prefixes: readonly string[]): void {
    for (const parent of this.routers.identify({ node: at.receiver, bindings: at.bindings }))
      for (const child of children) for (const prefix of prefixes) this.routers.mount(parent, child, prefix)
  }

  /** Adds the routes of a registration, below all prefixes of its router; call it when everything is mounted. */
  register({ at, methods, paths, handlers, schemas }: Registration): void {
    const { call, receiver, name, bindings } = at
    const functions = handlers.flatMap((handler) =>
      handlersIn(handler instanceof Node ? { node: handler, bindings } : handler, this.values),
    )
    const prefixes = this.routers
      .identify({ node: receiver, bindings })
      .filter((router) => !this.routers.isOutOfUse(router))
      .flatMap((router) => this.routers.prefixes(router))
    for (const method of methods)
      for (const prefix of prefixes)
        for (const text of paths) {
          const path = joinPath(prefix, text)
          const key = `${method} ${path} ${fileOf(call)} ${call.getEnd()}`
          if (this.#routes.has(key)) continue
          this.#routes.set(key, {
            method,
            path,
            start: name,
            end: call,
            functions: [...new Set(functions)],
            ...(schemas && { schemas }),
          })
        }
  }

  /** The routes that were registered. */
  routes(): RouteDefinition[] {
    return [...this.#routes.values()]
  }
}

function isIteration(call: Node | undefined): boolean {
  return Node.isCallExpression(call) && iterating.has(calleeName(call) ?? '')
}
