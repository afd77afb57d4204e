import { Node, type CallExpression, type NewExpression, type ObjectLiteralExpression } from 'ts-morph'
import { baseOf } from '../../classes.ts'
import { isClass, isFunction, isTransparent, returnedExpressions } from '../../functions.ts'
import type { ClassNode, FunctionNode } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { assignedInConstructor, superCallIn, valueOfMember } from './constructors.ts'

/**
 * What names stand for while code is read as it runs for one caller: parameters, loop variables, a class for its `this`,
 * and a function for the call that entered it.
 */
export type Bindings = ReadonlyMap<Node, Value>

/** An expression, and what the names in it stand for. */
export interface Value {
  readonly node: Node
  readonly bindings: Bindings
  /** The arguments that a rest parameter holds. */
  readonly items?: readonly Value[]
}

export const noBindings: Bindings = new Map()
/** Longer chains of names are circular. */
const maximumSteps = 40
const maximumDepth = 12

/** Follows expressions to what they stand for, like the resolver, and through parameters, loops and `this` as they are bound. */
export class Values {
  readonly resolver: Resolver
  readonly #returned = new Map<FunctionNode, readonly Node[]>()
  #steps = 0
  #depth = 0

  constructor(resolver: Resolver) {
    this.resolver = resolver
  }

  /** The literal, call, `new`, function, class or unbound name behind an expression. */
  follow(value: Value): Value {
    if (value.items || this.#steps > maximumSteps) return value
    this.#steps++
    const next = this.#next(value)
    const result = next && next.node !== value.node ? this.follow(next) : value
    this.#steps--
    return result
  }

  /** A property of the object or instance behind a value, or null where it isn't known. */
  member(owner: Value, name: string): Value | null {
    return this.#inside(() => this.#memberOf(owner, name))
  }

  #memberOf(owner: Value, name: string): Value | null {
    const { node, bindings } = this.follow(owner)
    if (Node.isObjectLiteralExpression(node)) {
      const property =
        node.getProperty(name) ?? node.getProperty(`'${name}'`) ?? node.getProperty(`"${name}"`)
      if (Node.isPropertyAssignment(property)) return { node: property.getInitializerOrThrow(), bindings }
      if (Node.isShorthandPropertyAssignment(property)) return { node: property.getNameNode(), bindings }
      return isFunction(property) ? { node: property, bindings } : this.#spreadMember(node, name, bindings)
    }
    if (Node.isNewExpression(node)) return this.#instanceMember(node, name, bindings)
    if (isClass(node)) return this.#classMember(node, name, bindings)
    if (Node.isCallExpression(node)) {
      const result = this.results({ node, bindings })[0]
      return result ? this.member(result, name) : null
    }
    return null
  }

  /** The items of the array behind a value, or null where they aren't known. */
  elements(list: Value): Value[] | null {
    return this.#inside(() => this.#elementsOf(list))
  }

  #elementsOf(list: Value): Value[] | null {
    const { node, bindings, items } = this.follow(list)
    if (items) return [...items]
    if (Node.isArrayLiteralExpression(node)) return this.#expanded(node.getElements(), bindings)
    if (!Node.isCallExpression(node)) return null
    const callee = node.getExpression().getText()
    const [argument] = node.getArguments()
    if (callee !== 'Object.values' || !argument) {
      const result = this.results({ node, bindings })[0]
      return result ? this.elements(result) : null
    }
    const { node: object, bindings: inner } = this.follow({ node: argument, bindings })
    if (!Node.isObjectLiteralExpression(object)) return null
    return object.getProperties().flatMap((property): Value[] => {
      if (Node.isPropertyAssignment(property))
        return [{ node: property.getInitializerOrThrow(), bindings: inner }]
      return Node.isShorthandPropertyAssignment(property)
        ? [{ node: property.getNameNode(), bindings: inner }]
        : []
    })
  }

  /** Looks into functions only so deep: one that calls itself has no end. */
  #inside<T>(look: () => T | null): T | null {
    if (this.#depth > maximumDepth) return null
    this.#depth++
    const found = look()
    this.#depth--
    return found
  }

  /** What a function returns, found once. */
  returned(fn: FunctionNode): readonly Node[] {
    const known = this.#returned.get(fn)
    if (known) return known
    const returned = returnedExpressions(fn)
    this.#returned.set(fn, returned)
    return returned
  }

  /** What a call of this project's functions returns. */
  results(call: Value): Value[] {
    const { node, bindings } = call
    if (!Node.isCallExpression(node)) return []
    return this.resolver.callees(node).flatMap((fn) => {
      const inner = this.entered(fn, node, bindings)
      return this.returned(fn).map((returned) => ({ node: returned, bindings: inner }))
    })
  }

  /** The bindings inside a function that a call enters. */
  entered(fn: FunctionNode, call: CallExpression, outer: Bindings): Bindings {
    const bindings = new Map(outer)
    bindings.set(fn, { node: call, bindings: outer })
    const callee = call.getExpression()
    const owner = fn.getFirstAncestor(isClass)
    if (owner && Node.isPropertyAccessExpression(callee)) {
      const receiver = this.follow({ node: callee.getExpression(), bindings: outer })
      if (Node.isNewExpression(receiver.node)) bindings.set(owner, receiver)
    }
    this.#bindParameters(fn.getParameters(), this.#expanded(call.getArguments(), outer), bindings)
    return bindings
  }

  /** The bindings inside the constructor and the members of an instance. */
  instantiated(creation: NewExpression, outer: Bindings): Bindings {
    const bindings = new Map(outer)
    const classes = this.classesOf(creation)
    for (const owner of classes) bindings.set(owner, { node: creation, bindings: outer })
    let given = this.#expanded(creation.getArguments(), outer)
    for (const owner of classes) {
      const [constructor] = owner.getConstructors()
      if (!constructor) continue
      this.#bindParameters(constructor.getParameters(), given, bindings)
      given = this.#expanded(superCallIn(constructor)?.getArguments() ?? [], bindings)
    }
    return bindings
  }

  /** What a package's class or function is given: the arguments, or those that a class of this project hands on by `super`. */
  constructedWith({ node, bindings }: Value): Value[] {
    if (!Node.isNewExpression(node))
      return Node.isCallExpression(node) ? this.#expanded(node.getArguments(), bindings) : []
    const [constructor] = this.classesOf(node)
      .flatMap((owner) => owner.getConstructors().slice(0, 1))
      .toReversed()
    if (!constructor) return this.#expanded(node.getArguments(), bindings)
    return this.#expanded(superCallIn(constructor)?.getArguments() ?? [], this.instantiated(node, bindings))
  }

  /** The class that a `new` makes an instance of, and the classes that it extends. */
  classesOf(creation: NewExpression): ClassNode[] {
    const classes: ClassNode[] = []
    let next: Node | undefined = this.resolver.definition(creation.getExpression())
    while (isClass(next) && !classes.includes(next)) {
      classes.push(next)
      next = baseOf(next, this.resolver) ?? undefined
    }
    return classes
  }

  /** Binds a parameter, a loop variable or a pattern of them to a value. */
  bind(name: Node, declaration: Node, value: Value, bindings: Map<Node, Value>): void {
    if (Node.isIdentifier(name)) bindings.set(declaration, value)
    if (Node.isArrayBindingPattern(name)) {
      const items = this.elements(value) ?? []
      for (const [index, element] of name.getElements().entries()) {
        const item = items[index]
        if (item && Node.isBindingElement(element)) this.bind(element.getNameNode(), element, item, bindings)
      }
    }
    if (!Node.isObjectBindingPattern(name)) return
    for (const element of name.getElements()) {
      const property = (element.getPropertyNameNode() ?? element.getNameNode()).getText()
      const member = this.member(value, property)
      if (member) this.bind(element.getNameNode(), element, member, bindings)
    }
  }

  #bindParameters(parameters: readonly Node[], given: readonly Value[], bindings: Map<Node, Value>): void {
    for (const [index, parameter] of parameters.entries()) {
      const argument = given[index]
      if (!Node.isParameterDeclaration(parameter) || !argument) continue
      const value = parameter.isRestParameter()
        ? { ...argument, node: parameter, items: given.slice(index) }
        : argument
      this.bind(parameter.getNameNode(), parameter, value, bindings)
    }
  }

  /** The expressions of a list, those behind `...` included as far as they are known. */
  #expanded(list: readonly Node[], bindings: Bindings): Value[] {
    return list.flatMap((node) => {
      if (!Node.isSpreadElement(node)) return [{ node, bindings }]
      return this.elements({ node: node.getExpression(), bindings }) ?? []
    })
  }

  #next({ node, bindings }: Value): Value | null {
    if (isTransparent(node)) return { node: node.getExpression(), bindings }
    if (Node.isCallExpression(node) && node.getExpression().getText() === 'Object.freeze') {
      const [frozen] = node.getArguments()
      return frozen ? { node: frozen, bindings } : null
    }
    const bound = bindings.get(node)
    if (bound && !isFunction(node) && !isClass(node)) return bound
    if (Node.isThisExpression(node)) {
      const owner = node.getFirstAncestor(isClass)
      return owner ? (bindings.get(owner) ?? { node: owner, bindings }) : null
    }
    if (Node.isIdentifier(node) && bindings.size > 0) {
      const known = node
        .getSymbol()
        ?.getDeclarations()
        .find((declaration) => bindings.has(declaration))
      const value = known && bindings.get(known)
      if (value && !isFunction(known) && !isClass(known)) return value
    }
    if (Node.isPropertyAccessExpression(node)) {
      const member = this.#accessed(node.getExpression(), node.getName(), bindings)
      if (member) return member
    }
    if (Node.isElementAccessExpression(node)) {
      const key = node.getArgumentExpression()
      return Node.isStringLiteral(key)
        ? this.#accessed(node.getExpression(), key.getLiteralValue(), bindings)
        : null
    }
    if (Node.isBindingElement(node)) return this.#destructured(node, bindings)
    const defined = this.resolver.definition(node)
    return { node: defined, bindings }
  }

  /** A property of what is known about the object before it: an instance, a literal, `this`. */
  #accessed(owner: Node, name: string, bindings: Bindings): Value | null {
    const value = this.follow({ node: owner, bindings })
    return this.member(value, name)
  }

  #spreadMember(object: ObjectLiteralExpression, name: string, bindings: Bindings): Value | null {
    for (const property of object.getProperties().toReversed()) {
      if (!Node.isSpreadAssignment(property)) continue
      const found = this.member({ node: property.getExpression(), bindings }, name)
      if (found) return found
    }
    return null
  }

  /** What a name in a pattern takes out of the value that the pattern stands for. */
  #destructured(element: Node, bindings: Bindings): Value | null {
    if (!Node.isBindingElement(element)) return null
    const pattern = element.getParent()
    const holder = pattern.getParent()
    const source = Node.isVariableDeclaration(holder) ? holder.getInitializer() : holder
    if (!source) return null
    const whole = this.follow(bindings.get(source) ?? { node: source, bindings })
    if (whole.node === element) return null
    if (Node.isArrayBindingPattern(pattern))
      return this.elements(whole)?.[pattern.getElements().findIndex((other) => other === element)] ?? null
    return this.member(whole, (element.getPropertyNameNode() ?? element.getNameNode()).getText())
  }

  #instanceMember(creation: NewExpression, name: string, outer: Bindings): Value | null {
    for (const owner of this.classesOf(creation)) {
      const found = this.#classMember(owner, name, this.instantiated(creation, outer))
      if (found) return found
    }
    return null
  }

  #classMember(owner: ClassNode, name: string, bindings: Bindings): Value | null {
    const member = owner.getInstanceMember(name) ?? owner.getStaticMember(name)
    if (Node.isParameterDeclaration(member)) return bindings.get(member) ?? null
    if (isFunction(member)) return { node: member, bindings }
    const given = valueOfMember(member) ?? assignedInConstructor(owner, name)
    if (given) return { node: given, bindings }
    return Node.isPropertyDeclaration(member) && !member.isAbstract() ? { node: member, bindings } : null
  }
}
