import {
  Node,
  type CallExpression,
  type Decorator,
  type ObjectLiteralExpression,
  type SourceFile,
  ts,
} from 'ts-morph'
import { calleeName } from './functions.ts'
import { Topic } from './memo.ts'
import type { Program } from './program.ts'
import type { Resolver } from './resolver.ts'

/** Containers that are asked for a class or a token: typedi, tsyringe, inversify, awilix, Nest's application and `ModuleRef`. */
const container =
  /^"(?:typedi|tsyringe|inversify)"\.?|^(?:new |<)?"(?:inversify|awilix|@nestjs\/core)"\.|^"(?:awilix|@nestjs\/core)"\./
const asking = new Set(['get', 'resolve', 'build'])
const injecting = /^"(?:@nestjs\/common|typedi|tsyringe|inversify)"\.[iI]nject\(\)$/
/** What files hold that register something. */
const registering = /\bprovide\s*:|\b(?:awilix|tsyringe|typedi|inversify)\b/
const registeringMethods = new Set(['register', 'registerSingleton', 'registerInstance', 'set', 'bind'])

/** What a container gives for a call like `Container.get(UserService)`: a class, or the value of a token; null for other calls. */
export function providedBy(call: CallExpression, program: Program, resolver: Resolver): Node | null {
  const callee = call.getExpression()
  const [wanted] = call.getArguments()
  if (!Node.isPropertyAccessExpression(callee) || !asking.has(callee.getName()) || !wanted) return null
  if (!container.test(resolver.origin(callee.getExpression()) ?? '')) return null
  const provided = providerOf(wanted, program, resolver)
  if (provided) return provided
  const node = resolver.definition(wanted)
  return Node.isClassDeclaration(node) ? node : null
}

/** What a container puts into a constructor parameter or property: by `@Inject(TOKEN)`, or by a type that is a token. */
export function injectedValue(slot: Node, program: Program, resolver: Resolver): Node | null {
  if (!Node.isParameterDeclaration(slot) && !Node.isPropertyDeclaration(slot)) return null
  const decorator = slot.getDecorators().find((candidate) => isInjection(candidate, resolver))
  const token = decorator?.getArguments()[0]
  if (token) return providerOf(token, program, resolver)
  const type = slot.getTypeNode()
  const inConstructor = Node.isConstructorDeclaration(slot.getParent())
  if (!Node.isTypeReference(type) || (!decorator && !inConstructor)) return null
  return providerOf(type.getTypeName(), program, resolver)
}

/** What awilix puts in under a name: `container.cradle.users`, or `users` of a constructor's only argument. */
export function registeredAs(node: Node, program: Program, resolver: Resolver): Node | null {
  if (Node.isPropertyAccessExpression(node)) {
    const cradle = node.getExpression()
    const isCradle = Node.isPropertyAccessExpression(cradle) && cradle.getName() === 'cradle'
    return isCradle ? (providersIn(program, resolver).get(node.getName()) ?? null) : null
  }
  if (!Node.isBindingElement(node)) return null
  const parameter = node.getParent().getParent()
  if (!Node.isParameterDeclaration(parameter) || !Node.isConstructorDeclaration(parameter.getParent()))
    return null
  const name = (node.getPropertyNameNode() ?? node.getNameNode()).getText()
  return providersIn(program, resolver).get(name) ?? null
}

function isInjection(decorator: Decorator, resolver: Resolver): boolean {
  const call = decorator.getCallExpression()
  return call !== undefined && injecting.test(`${resolver.origin(call.getExpression()) ?? ''}()`)
}

function providerOf(token: Node, program: Program, resolver: Resolver): Node | null {
  return resolver.remember(
    provided,
    token,
    () => providersIn(program, resolver).get(keyOf(token, resolver)) ?? null,
  )
}

type Providers = ReadonlyMap<Node | string, Node>
const providers = new Topic<Providers>(new Map())
const provided = new Topic<Node | null>(null)
const registeredValues = new Topic<readonly Node[]>([])

/** All providers of the program by their tokens. */
function providersIn(program: Program, resolver: Resolver): Providers {
  return resolver.remember(providers, 'all', () => readProviders(program, resolver))
}

function readProviders(program: Program, resolver: Resolver): Providers {
  const found = new Map<Node | string, Node>()
  for (const { token, value } of program.filesWith(registering).flatMap(registrationsIn)) {
    const key = typeof token === 'string' ? token : keyOf(token, resolver)
    if (!found.has(key)) found.set(key, value)
  }
  for (const [key, value] of found) {
    const existing = found.get(keyOf(value, resolver))
    if (existing && existing !== value) found.set(key, existing)
  }
  return found
}

/** Tokens are equal when they are the same text, symbol, enum member or class. */
function keyOf(token: Node, resolver: Resolver): Node | string {
  const node = resolver.definition(token)
  if (Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node)) return node.getLiteralValue()
  return Node.isIdentifier(token) && node === token ? token.getText() : node
}

interface Registration {
  /** The expression that names what is provided, or its name as text. */
  readonly token: Node | string
  readonly value: Node
}

const registrations = new WeakMap<ts.SourceFile, readonly Registration[]>()

function registrationsIn(file: SourceFile): readonly Registration[] {
  const known = registrations.get(file.compilerNode)
  if (known) return known
  const text = file.getFullText()
  const found: Registration[] = []
  if (/\bprovide\s*:/.test(text))
    for (const object of file.getDescendantsOfKind(ts.SyntaxKind.ObjectLiteralExpression))
      found.push(...providerObject(object))
  if (/\b(?:awilix|tsyringe|typedi|inversify)\b/.test(text))
    for (const call of file.getDescendantsOfKind(ts.SyntaxKind.CallExpression))
      found.push(...registrationBy(call))
  registrations.set(file.compilerNode, found)
  return found
}

/** `{ provide: TOKEN, useClass: Users }` */
function providerObject(object: ObjectLiteralExpression): Registration[] {
  const token = valueOf(object, 'provide')
  const value = token ? providedValue(object) : null
  return token && value ? [{ token, value }] : []
}

function providedValue(object: ObjectLiteralExpression): Node | null {
  for (const name of ['useClass', 'useValue', 'useFactory', 'useExisting']) {
    const value = valueOf(object, name)
    if (value) return value
  }
  return null
}

/** `container.register('users', { useClass: Users })`, `.bind(TOKEN).to(Users)`, `.register({ users: asClass(Users) })`. */
function registrationBy(call: CallExpression): Registration[] {
  if (!registeringMethods.has(calleeName(call) ?? '')) return []
  const [token, given] = call.getArguments()
  if (Node.isObjectLiteralExpression(token)) return token.getProperties().flatMap(namedRegistration)
  if (!token) return []
  if (calleeName(call) === 'bind') {
    const to = call.getParent()
    const binding = to?.getParent()
    const value = Node.isCallExpression(binding) ? binding.getArguments()[0] : undefined
    return value ? [{ token, value }] : []
  }
  const value = Node.isObjectLiteralExpression(given) ? (providedValue(given) ?? given) : given
  return value ? [{ token, value }] : []
}

/** `users: asClass(Users).singleton()` */
function namedRegistration(property: Node): Registration[] {
  if (!Node.isPropertyAssignment(property)) return []
  let maker: Node | undefined = property.getInitializer()
  while (Node.isCallExpression(maker) && Node.isPropertyAccessExpression(maker.getExpression())) {
    const callee: Node = maker.getExpression()
    maker = Node.isPropertyAccessExpression(callee) ? callee.getExpression() : undefined
  }
  if (!Node.isCallExpression(maker) || !/^as(?:Class|Function|Value)$/.test(calleeName(maker) ?? ''))
    return []
  const value = maker.getArguments()[0]
  return value ? [{ token: property.getName(), value }] : []
}

function valueOf(object: ObjectLiteralExpression, name: string): Node | null {
  const property = object.getProperty(name)
  if (Node.isShorthandPropertyAssignment(property)) return property.getNameNode()
  if (Node.isMethodDeclaration(property)) return property
  return Node.isPropertyAssignment(property) ? (property.getInitializer() ?? null) : null
}

/** What is provided for a package's token, `{ provide: APP_PIPE, useClass }`; the origin is that of the token. */
export function registrationsOf(origin: string, program: Program, resolver: Resolver): readonly Node[] {
  return resolver.remember(registeredValues, origin, () =>
    program
      .filesWith(registering)
      .flatMap(registrationsIn)
      .filter(({ token }) => typeof token !== 'string' && resolver.origin(token) === origin)
      .map(({ value }) => value),
  )
}
