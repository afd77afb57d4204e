import { Node, type CallExpression } from 'ts-morph'
import { isClass, isFunction } from '../../functions.ts'
import { Topic } from '../../memo.ts'
import type { Resolver } from '../../resolver.ts'
import type { PathText } from './path-text.ts'
import { joinPath } from './paths.ts'
import { isOutOfUse } from './unmounted.ts'
import { noBindings, type Bindings, type Value, type Values } from './values.ts'

/** A router or application: where it is made, and for which instance of the class or call of the function around it. */
export interface Router {
  readonly made: Node
  readonly owner: Node | null
  /** The prefix that it has by itself: `new Router({ prefix })`, `app.basePath(…)`. */
  readonly prefix: string
}

/** How a framework's routers are recognised. */
export interface RouterKind {
  /** The origins of values that are routers or applications. */
  readonly origins: RegExp
  /** Methods that give back the router they are called on. */
  readonly fluent: ReadonlySet<string>
  /** Methods that give the router they are called on, below the path they are given. */
  readonly prefixing?: ReadonlySet<string>
  /** The option of a router's constructor that holds its prefix. */
  readonly prefixOption?: string
  /** Other nodes known to be routers, such as the parameter of a plugin. */
  readonly known?: ReadonlySet<Node>
}

interface Mount {
  readonly parent: Router
  readonly child: Router
  readonly prefix: string
}

/** Longer ways from an application to a router are circular. */
const maximumDepth = 12

/** Which expressions may be routers, by the origins of those. */
const routerTopics = new WeakMap<RegExp, Topic<boolean>>()

/** Knows which routers there are and under which prefixes they are mounted on each other. */
export class Routers {
  readonly #values: Values
  readonly #resolver: Resolver
  readonly #kind: RouterKind
  readonly #mounts = new Map<Node, Mount[]>()
  readonly #own = new Map<Node, string>()
  readonly #prefixes = new Map<Node, { readonly router: Router; readonly prefixes: string[] }[]>()
  readonly #paths: PathText
  #depth = 0

  constructor(values: Values, paths: PathText, kind: RouterKind) {
    this.#values = values
    this.#paths = paths
    this.#resolver = values.resolver
    this.#kind = kind
  }

  /** The routers an expression stands for; several where it is a property of whatever implements an interface. */
  identify(value: Value): Router[] {
    if (this.#depth > maximumDepth) return []
    this.#depth++
    const routers = this.#identified(this.#values.follow(value))
    this.#depth--
    if (routers.length > 0 || this.#depth > 0 || value.bindings.size === 0) return routers
    return this.identify({ node: value.node, bindings: noBindings })
  }

  /** Whether an expression may be a router, before anything is known about the code around it. */
  isRouter(node: Node): boolean {
    const { known, origins } = this.#kind
    const find = (): boolean => this.identify({ node, bindings: noBindings }).length > 0
    if (known) return find()
    const topic = routerTopics.get(origins) ?? new Topic<boolean>(false)
    routerTopics.set(origins, topic)
    return this.#resolver.remember(topic, node, find)
  }

  mount(parent: Router, child: Router, prefix: string): void {
    this.#prefixes.clear()
    const mounts = this.#mounts.get(child.made) ?? []
    this.#mounts.set(child.made, mounts)
    const isKnown = mounts.some(
      (mount) => mount.prefix === prefix && isEqual(mount.parent, parent) && isEqual(mount.child, child),
    )
    if (!isKnown) mounts.push({ parent, child, prefix })
  }

  /** Gives a router a prefix of its own, for whatever is registered on it. */
  setPrefix(made: Node, prefix: string): void {
    this.#own.set(made, prefix)
  }

  /** The prefixes of what is registered on a router; the empty one where it isn't mounted anywhere. */
  prefixes(router: Router): string[] {
    const known = this.#prefixes.get(router.made) ?? []
    this.#prefixes.set(router.made, known)
    const found = known.find((entry) => isEqual(entry.router, router))
    if (found) return found.prefixes
    const prefixes = this.#prefixesOf(router, [])
    known.push({ router, prefixes })
    return prefixes
  }

  /** Whether nothing mounts a router, although the module that makes it is imported to be mounted. */
  isOutOfUse(router: Router): boolean {
    return !this.#mounts.has(router.made) && isOutOfUse(router.made, this.#resolver.program)
  }

  #prefixesOf(router: Router, seen: readonly Router[]): string[] {
    const own = joinPath(this.#own.get(router.made) ?? '', router.prefix)
    const mounts = (this.#mounts.get(router.made) ?? []).filter(
      ({ child, parent }) =>
        isSame(child, router) && ![...seen, router].some((entered) => isSame(entered, parent)),
    )
    if (mounts.length === 0 || seen.length > maximumDepth) return [own]
    const all = mounts.flatMap(({ parent, prefix }) =>
      this.#prefixesOf(parent, [...seen, router]).map((above) => joinPath(`${above}/${prefix}`, own)),
    )
    return [...new Set(all)]
  }

  #identified({ node, bindings }: Value): Router[] {
    if (this.#kind.known?.has(node)) return [{ made: node, owner: null, prefix: '' }]
    if (Node.isCallExpression(node)) {
      const made = this.#chained(node, bindings) ?? this.#returned(node, bindings)
      if (made.length > 0) return made
    }
    if (Node.isPropertySignature(node) || (Node.isPropertyDeclaration(node) && node.isAbstract()))
      return this.#implemented(node)
    if (!this.#kind.origins.test(this.#resolver.origin(node) ?? '')) return []
    const prefix = this.#optionOf(node, bindings)
    return [this.#outside({ made: node, owner: ownerOf(node, bindings), prefix }, bindings)]
  }

  /** The router that `router.get(…)` and the like give back. */
  #chained(call: CallExpression, bindings: Bindings): Router[] | null {
    const callee = call.getExpression()
    if (!Node.isPropertyAccessExpression(callee)) return null
    const isPrefixing = this.#kind.prefixing?.has(callee.getName())
    if (!isPrefixing && !this.#kind.fluent.has(callee.getName())) return null
    const routers = this.identify({ node: callee.getExpression(), bindings })
    if (routers.length === 0) return null
    const [path] = call.getArguments()
    if (!isPrefixing || !path) return routers
    const below = this.#paths.read({ node: path, bindings })
    return routers.map((router) => ({ ...router, prefix: joinPath(router.prefix, below) }))
  }

  /** The router that a function of this project returns, as one of its own for each call. */
  #returned(call: CallExpression, bindings: Bindings): Router[] {
    const inside = this.#values.results({ node: call, bindings }).flatMap((result) => this.identify(result))
    const [first] = inside
    return first ? [{ made: call, owner: ownerOf(call, bindings), prefix: first.prefix }] : []
  }

  /** The prefix among the options that a router is made with. */
  #optionOf(made: Node, bindings: Bindings): string {
    const name = this.#kind.prefixOption
    if (!name || (!Node.isNewExpression(made) && !Node.isCallExpression(made))) return ''
    const [options] = this.#values.constructedWith({ node: made, bindings })
    const prefix = options ? this.#values.member(options, name) : null
    return prefix ? this.#paths.read(prefix) : ''
  }

  /** A router that the function around it returns is, outside, what the call of that function gives. */
  #outside(router: Router, bindings: Bindings): Router {
    const fn = router.made.getFirstAncestor(isFunction)
    const entry = fn && bindings.get(fn)
    if (!fn || !entry || Node.isParameterDeclaration(router.made)) return router
    const isReturned = this.#values.returned(fn).some((returned) => this.#leadsTo(returned, router.made))
    if (!isReturned) return router
    const { prefix } = router
    const outer = { made: entry.node, owner: ownerOf(entry.node, entry.bindings), prefix }
    return this.#outside(outer, entry.bindings)
  }

  #leadsTo(returned: Node, made: Node): boolean {
    const node = this.#resolver.definition(returned)
    if (node === made) return true
    const callee = Node.isCallExpression(node) ? node.getExpression() : undefined
    return (
      Node.isPropertyAccessExpression(callee) &&
      this.#kind.fluent.has(callee.getName()) &&
      this.#leadsTo(callee.getExpression(), made)
    )
  }

  /** The properties behind one of an interface or abstract class. */
  #implemented(signature: Node): Router[] {
    if (!Node.isPropertySignature(signature) && !Node.isPropertyDeclaration(signature)) return []
    const name = signature.getName()
    return this.#resolver.classesBelow(signature.getParent()).flatMap((owner) => {
      const member = this.#values.member({ node: owner, bindings: noBindings }, name)
      return member ? this.identify(member) : []
    })
  }
}

/** The instance that a router is a part of, where it is known. */
function ownerOf(made: Node, bindings: Bindings): Node | null {
  const owner = made.getFirstAncestor(isClass)
  return (owner && bindings.get(owner)?.node) ?? null
}

function isEqual(one: Router, other: Router): boolean {
  return one.made === other.made && one.owner === other.owner && one.prefix === other.prefix
}

/** Whether two descriptions may mean one router: an owner that isn't known may be any. */
function isSame(one: Router, other: Router): boolean {
  return one.made === other.made && (one.owner === other.owner || !one.owner || !other.owner)
}
