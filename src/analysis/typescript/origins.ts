import { Node, type CallExpression } from 'ts-morph'
import { requiredModule, specifierOf } from './declarations.ts'
import { isClass, isFunction, isPlainType } from './functions.ts'
import { providedBy } from './injection.ts'
import { identifiersIn } from './loops.ts'
import type { Members } from './members.ts'
import type { Program } from './program.ts'
import type { Resolver } from './resolver.ts'

/** Tells how the value that a node defines came out of a package. */
export class Origins {
  readonly #program: Program
  readonly #resolver: Resolver
  readonly #members: Members

  constructor(program: Program, resolver: Resolver, members: Members) {
    this.#program = program
    this.#resolver = resolver
    this.#members = members
  }

  /** The origin of a value from the node that defines it, or null for what this project made by itself. */
  of(node: Node): string | null {
    if (Node.isImportSpecifier(node)) {
      const specifier = specifierOf(node.getImportDeclaration())
      if (specifier === null) return null
      const module = quoted(specifier)
      return node.getName() === 'default' ? module : `${module}.${node.getName()}`
    }
    if (Node.isImportClause(node) || Node.isNamespaceImport(node)) {
      const declaration = node.getFirstAncestor(Node.isImportDeclaration)
      const specifier = declaration ? specifierOf(declaration) : null
      return specifier === null ? null : quoted(specifier)
    }
    if (Node.isPropertyAccessExpression(node))
      return suffixed(this.#resolver.origin(node.getExpression()), `.${node.getName()}`)
    if (Node.isCallExpression(node)) {
      const module = requiredModule(node)
      if (module !== null) return quoted(module)
      const provided = providedBy(node, this.#program, this.#resolver)
      return provided
        ? prefixed('new ', this.#resolver.origin(provided))
        : suffixed(this.#resolver.origin(node.getExpression()), '()')
    }
    if (Node.isNewExpression(node)) return prefixed('new ', this.#resolver.origin(node.getExpression()))
    if (isClass(node)) return this.#baseOrigin(node.getExtends()?.getExpression())
    if (Node.isThisExpression(node)) return this.#thisOrigin(node)
    if (Node.isBindingElement(node)) {
      const source = node.getParent().getParent()
      const from = Node.isVariableDeclaration(source) ? source.getInitializer() : source
      const name = (node.getPropertyNameNode() ?? node.getNameNode()).getText()
      return (
        suffixed(from ? this.#resolver.origin(from) : null, `.${name}`) ?? this.#fieldOrigin(source, name)
      )
    }
    if (Node.isParameterDeclaration(node))
      return (
        this.#typeOrigin(node.getTypeNode()) ??
        (isPlainType(node.getTypeNode()) ? null : this.#argumentOrigin(node))
      )
    if (Node.isPropertyDeclaration(node))
      return this.#typeOrigin(node.getTypeNode()) ?? this.#firstOrigin(this.#members.assignmentsTo(node))
    if (Node.isVariableDeclaration(node) || Node.isPropertySignature(node))
      return this.#typeOrigin(node.getTypeNode())
    return null
  }

  #thisOrigin(node: Node): string | null {
    const [owner] = this.#members.owners(node)
    if (owner?.kind !== 'instance') return null
    const origin = this.#baseOrigin(owner.node.getExtends()?.getExpression())
    return origin === null ? null : `<${origin}>`
  }

  /** What a class inherits from: its instances are instances of that, too. */
  #baseOrigin(extended: Node | undefined): string | null {
    return extended ? this.#resolver.origin(extended) : null
  }

  /** A name taken out of a parameter whose type says what it is: `({ app }: { app: Express }) => …`. */
  #fieldOrigin(source: Node, name: string): string | null {
    if (!Node.isParameterDeclaration(source) && !Node.isVariableDeclaration(source)) return null
    const type = source.getTypeNode()
    const declared = Node.isTypeReference(type) ? this.#resolver.definition(type.getTypeName()) : type
    const fields = Node.isTypeAliasDeclaration(declared) ? declared.getTypeNode() : declared
    if (!Node.isTypeLiteral(fields) && !Node.isInterfaceDeclaration(fields)) return null
    return this.#typeOrigin(fields.getProperty(name)?.getTypeNode())
  }

  #typeOrigin(type: Node | undefined): string | null {
    if (Node.isTypeQuery(type)) return this.#resolver.origin(type.getExprName())
    if (Node.isUnionTypeNode(type)) {
      for (const member of type.getTypeNodes()) {
        const origin = this.#typeOrigin(member)
        if (origin !== null) return origin
      }
      return null
    }
    if (!Node.isTypeReference(type)) return null
    const declaration = this.#resolver.definition(type.getTypeName())
    if (Node.isTypeAliasDeclaration(declaration)) return this.#typeOrigin(declaration.getTypeNode())
    const path = this.#entityOrigin(type.getTypeName())
    return path === null ? null : `<${path}>`
  }

  #entityOrigin(name: Node): string | null {
    if (Node.isQualifiedName(name))
      return suffixed(this.#entityOrigin(name.getLeft()), `.${name.getRight().getText()}`)
    const declaration = this.#resolver.definition(name)
    if (declaration === name) return null
    if (Node.isInterfaceDeclaration(declaration))
      return this.#baseOrigin(declaration.getExtends()[0]?.getExpression())
    return this.of(declaration)
  }

  /** A parameter of a function that is handed to a call, or of a function or constructor whose callers are known. */
  #argumentOrigin(parameter: Node): string | null {
    const fn = parameter.getParent()
    const call = fn?.getParent()
    if (isFunction(fn) && Node.isCallExpression(call)) {
      const index = fn.getParameters().findIndex((candidate) => candidate === parameter)
      const given = suffixed(this.#resolver.origin(call.getExpression()), `(@${index})`)
      return given ?? this.#givenByHelper(call, fn, index)
    }
    const typed = this.#contextOrigin(parameter)
    if (typed !== null) return typed
    return this.#firstOrigin(this.#members.argumentsFor(parameter))
  }

  /** A parameter of a function that is declared by its own type: `const plugin: FastifyPluginAsync = async (fastify) => …`. */
  #contextOrigin(parameter: Node): string | null {
    const fn = parameter.getParent()
    const holder = fn?.getParent()
    if (!isFunction(fn) || (!Node.isVariableDeclaration(holder) && !Node.isPropertyDeclaration(holder)))
      return null
    const index = fn.getParameters().findIndex((candidate) => candidate === parameter)
    return suffixed(this.#typeOrigin(holder.getTypeNode()), `(@${index})`)
  }

  /** What a function of this project gives a callback: `run(tx)`, or `db.transaction(run)` where it hands it on. */
  #givenByHelper(call: CallExpression, callback: Node, index: number, depth = 0): string | null {
    const at = call.getArguments().findIndex((argument) => argument === callback)
    for (const helper of this.#resolver.callees(call)) {
      const name = helper.getParameters()[at]?.getNameNode()
      const uses = Node.isIdentifier(name) ? identifiersIn(helper.getBody() ?? helper) : []
      for (const use of uses) {
        const run = use.getParent()
        if (use.getText() !== name?.getText() || !Node.isCallExpression(run)) continue
        const argument = run.getArguments()[index]
        const origin =
          run.getExpression() === use
            ? argument && this.#resolver.origin(argument)
            : (suffixed(this.#resolver.origin(run.getExpression()), `(@${index})`) ??
              (depth < 2 ? this.#givenByHelper(run, use, index, depth + 1) : null))
        if (origin) return origin
      }
    }
    return null
  }

  #firstOrigin(values: readonly Node[]): string | null {
    for (const value of values) {
      const origin = this.#resolver.origin(value)
      if (origin !== null) return origin
    }
    return null
  }
}

function quoted(module: string): string {
  return `"${module}"`
}

function suffixed(origin: string | null, suffix: string): string | null {
  return origin === null ? null : origin + suffix
}

function prefixed(prefix: string, origin: string | null): string | null {
  return origin === null ? null : prefix + origin
}
