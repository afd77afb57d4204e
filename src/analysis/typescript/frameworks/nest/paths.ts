import { posix } from 'node:path'
import { Node, type CallExpression, type Decorator, type MethodDeclaration } from 'ts-morph'
import { isClass, returnedExpressions, type ClassNode } from '../../functions.ts'
import { fileOf, type Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import { PathText } from '../reading/path-text.ts'
import { joinPath } from '../reading/paths.ts'
import { noBindings, Values } from '../reading/values.ts'

/** The decorator of Nest's with this name, by import. */
export function nestDecorator(
  decorators: readonly Decorator[],
  name: string,
  resolver: Resolver,
): CallExpression | null {
  for (const decorator of decorators) {
    const call = decorator.getCallExpression()
    const origin = call ? resolver.origin(call.getExpression()) : undefined
    if (
      call &&
      origin?.replace(/^"@nestjs\/common\/[^"]+"/, '"@nestjs/common"') === `"@nestjs/common".${name}`
    )
      return call
  }
  return null
}

/** Puts the paths of Nest routes together: global prefix, version, the module's path, the controller's, the method's. */
export class NestPaths {
  readonly #program: Program
  readonly #resolver: Resolver
  readonly #text: PathText
  readonly #modulePaths: ReadonlyMap<Node, string>

  constructor(program: Program, resolver: Resolver) {
    this.#program = program
    this.#resolver = resolver
    this.#text = new PathText(new Values(resolver))
    this.#modulePaths = this.#readModulePaths()
  }

  /** The full paths of a method of a controller; `registration` is its `Get(…)` or the like. */
  of(controller: ClassNode, method: MethodDeclaration, registration: CallExpression): string[] {
    const declared = nestDecorator(controller.getDecorators(), 'Controller', this.#resolver)
    const prefix = this.#globalPrefix(controller)
    const module = this.#modulePaths.get(controller) ?? ''
    return this.#versionsOf(controller, method, declared).flatMap((version) =>
      this.#pathsOf(declared).flatMap((above) =>
        this.#pathsOf(registration).map((below) => {
          const path = joinPath(`${module}/${above}`, below)
          const isExcluded = prefix.excluded.includes(path)
          return joinPath(`${isExcluded ? '' : prefix.path}/${version}`, path)
        }),
      ),
    )
  }

  /** The paths in `@Get('a')`, `@Get(['a', 'b'])` or `@Controller({ path })`. */
  #pathsOf(decorator: CallExpression | null): string[] {
    const argument = decorator?.getArguments()[0]
    if (!argument) return ['']
    const node = this.#resolver.definition(argument)
    if (!Node.isObjectLiteralExpression(node)) return this.#readAll(argument)
    const path = valueIn(node, 'path')
    return path ? this.#readAll(path) : ['']
  }

  /** `v1` of `@Version('1')`, the controller or the application, where versions stand in the path. */
  #versionsOf(controller: ClassNode, method: MethodDeclaration, declared: CallExpression | null): string[] {
    const enabled = this.#settingFor(controller, 'enableVersioning')
    if (!enabled) return ['']
    const options = enabled.getArguments()[0]
    const type = valueIn(options, 'type')
    if (type && !/\bURI\b/.test(type.getText())) return ['']
    const version =
      nestDecorator(method.getDecorators(), 'Version', this.#resolver)?.getArguments()[0] ??
      valueIn(declared?.getArguments()[0], 'version') ??
      nestDecorator(controller.getDecorators(), 'Version', this.#resolver)?.getArguments()[0] ??
      valueIn(options, 'defaultVersion')
    if (!version) return ['']
    const mark = valueIn(options, 'prefix')
    const prefix = mark ? (Node.isFalseLiteral(mark) ? '' : this.#read(mark)) : 'v'
    const list = this.#resolver.definition(version)
    const versions = Node.isArrayLiteralExpression(list) ? list.getElements() : [version]
    return versions.map((one) => (this.#isNeutral(one) ? '' : prefix + this.#read(one)))
  }

  #isNeutral(version: Node): boolean {
    return this.#resolver.origin(version) === '"@nestjs/common".VERSION_NEUTRAL'
  }

  #globalPrefix(controller: Node): { path: string; excluded: readonly string[] } {
    const call = this.#settingFor(controller, 'setGlobalPrefix')
    const [prefix, options] = call?.getArguments() ?? []
    if (!prefix) return { path: '', excluded: [] }
    const exclude = valueIn(options, 'exclude')
    const elements = Node.isArrayLiteralExpression(exclude) ? exclude.getElements() : []
    const excluded = elements.map((element) => joinPath('', this.#read(valueIn(element, 'path') ?? element)))
    return { path: this.#configured(prefix) ?? this.#read(prefix), excluded }
  }

  /** The call that configures the application a controller belongs to: the one nearest to it, unless another application is nearer. */
  #settingFor(controller: Node, name: string): CallExpression | null {
    const nearness = (call: CallExpression): number => commonDepth(fileOf(call), fileOf(controller))
    const nearest = Math.max(
      0,
      ...this.#program
        .applicationCallsNamed('create')
        .filter((call) => /^"@nestjs\/core"\.NestFactory\b/.test(this.#resolver.origin(call) ?? ''))
        .map(nearness),
    )
    const settings = this.#program
      .applicationCallsNamed(name)
      .filter((call) => this.#isApplication(call) && nearness(call) >= nearest)
    return settings.toSorted((a, b) => nearness(b) - nearness(a))[0] ?? null
  }

  #isApplication(call: CallExpression): boolean {
    const callee = call.getExpression()
    if (!Node.isPropertyAccessExpression(callee)) return false
    return /^<?"@nestjs\//.test(this.#resolver.origin(callee.getExpression()) ?? '')
  }

  /** `configService.get('app.prefix')` gives what `registerAs('app', () => ({ prefix }))` sets, or its own default. */
  #configured(expression: Node): string | null {
    const node = this.#resolver.definition(expression)
    if (!Node.isCallExpression(node)) return null
    const [key, fallback] = node.getArguments()
    if (!Node.isStringLiteral(key)) return null
    const [space, name] = key.getLiteralValue().split('.')
    for (const call of name === undefined ? [] : this.#program.callsNamed('registerAs')) {
      const [registered, factory] = call.getArguments()
      if (!Node.isStringLiteral(registered) || registered.getLiteralValue() !== space || !factory) continue
      for (const fn of this.#resolver.functions(factory))
        for (const returned of returnedExpressions(fn)) {
          const value = valueIn(this.#resolver.definition(returned), name ?? '')
          if (value) return this.#read(value)
        }
    }
    return Node.isStringLiteral(fallback) ? fallback.getLiteralValue() : `:${name ?? space}`
  }

  /** The paths that `RouterModule.register([{ path, module, children }])` gives to the controllers of modules. */
  #readModulePaths(): Map<Node, string> {
    const paths = new Map<Node, string>()
    const read = (list: Node | undefined, above: string): void => {
      const node = list && this.#resolver.definition(list)
      if (!Node.isArrayLiteralExpression(node)) return
      for (const entry of node.getElements()) {
        const module = valueIn(entry, 'module') ?? entry
        const own = valueIn(entry, 'path')
        const path = joinPath(above, own ? this.#read(own) : '')
        for (const controller of this.#controllersOf(module)) paths.set(controller, path)
        read(valueIn(entry, 'children'), path)
      }
    }
    for (const call of this.#program.applicationCallsNamed('register'))
      if (/^"@nestjs\/core"\.RouterModule\b/.test(this.#resolver.origin(call) ?? ''))
        read(call.getArguments()[0], '')
    return paths
  }

  #controllersOf(module: Node): Node[] {
    const node = this.#resolver.definition(module)
    if (!isClass(node)) return []
    const declared = nestDecorator(node.getDecorators(), 'Module', this.#resolver)
    const list = valueIn(declared?.getArguments()[0], 'controllers')
    const elements = Node.isArrayLiteralExpression(list) ? list.getElements() : []
    return elements.map((element) => this.#resolver.definition(element))
  }

  #readAll(node: Node): string[] {
    return this.#text.readAll({ node, bindings: noBindings })
  }

  #read(node: Node): string {
    return this.#text.read({ node, bindings: noBindings })
  }
}

/** The value of a property of an object literal. */
export function valueIn(object: Node | undefined, name: string): Node | undefined {
  if (!Node.isObjectLiteralExpression(object)) return undefined
  const property = object.getProperty(name)
  if (Node.isShorthandPropertyAssignment(property)) return property.getNameNode()
  return Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
}

/** How many folders two files have in common. */
function commonDepth(one: string, other: string): number {
  const folders = posix.dirname(one).split('/')
  const others = posix.dirname(other).split('/')
  const end = folders.findIndex((folder, index) => folder !== others[index])
  return end < 0 ? folders.length : end
}
