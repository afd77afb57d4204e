import { Node, type MethodDeclaration } from 'ts-morph'
import type { HttpMethod } from '../../../model/route.ts'
import { isClass, type ClassNode } from '../functions.ts'
import { baseOf } from '../classes.ts'
import type { Program } from '../program.ts'
import type { Resolver } from '../resolver.ts'
import type { Framework, RouteDefinition } from './framework.ts'
import { nestInput, schemasOf } from './nest/input.ts'
import { NestPaths, nestDecorator } from './nest/paths.ts'
import { nestQuery } from './nest/query.ts'

const verbs = new Map<string, HttpMethod>([
  ['Get', 'GET'],
  ['Post', 'POST'],
  ['Put', 'PUT'],
  ['Patch', 'PATCH'],
  ['Delete', 'DELETE'],
  ['Head', 'HEAD'],
  ['Options', 'OPTIONS'],
  ['All', 'ALL'],
  ['Sse', 'GET'],
])
const sendingMethods = new Set(['json', 'jsonp', 'send', 'render', 'end', 'write'])

/** NestJS controllers, with global prefixes, versions in the path, module paths and inherited handlers. */
export const nest: Framework = {
  id: 'nest',
  sendsReturnValue: true,
  examples: [
    {
      files: {
        'main.ts': `import { NestFactory } from '@nestjs/core'
import { AppModule } from './app.module'
const app = await NestFactory.create(AppModule)
app.setGlobalPrefix('api', { exclude: ['health'] })
await app.listen(3000)
`,
        'users.controller.ts': `import { Controller, Delete, Get, Param, Post as Create } from '@nestjs/common'
import { Column, Get as Other } from './other'
const paths = { one: ':id' } as const
@Controller('users')
export class UsersController {
  @Get() list() { return [] }
  @Get(paths.one) one(@Param('id') id: string) { return { id } }
  @Create(['', 'new']) create() {}
  @Delete(':id') async remove(@Param('id') id: string) {}
  @Other('no') unrelated() {}
}
@Controller()
export class HealthController { @Get('health') check() { return 'ok' } }
`,
      },
      routes: [
        'GET /api/users',
        'GET /api/users/:id',
        'POST /api/users',
        'POST /api/users/new',
        'DELETE /api/users/:id',
        'GET /health',
      ],
    },
    {
      files: {
        'main.ts': `import { NestFactory } from '@nestjs/core'
import { VersioningType } from '@nestjs/common'
async function bootstrap() {
  const app = await NestFactory.create(AppModule)
  app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' })
}
`,
        'modules.ts': `import { Controller, Get, Module, Version, VERSION_NEUTRAL } from '@nestjs/common'
import { RouterModule } from '@nestjs/core'
abstract class Reading { @Get(':id') one() {} @Get() list() {} }
@Controller({ path: 'cats', version: '2' })
class CatsController extends Reading {
  list() {}
  @Version(['2', '3']) @Get('all') all() {}
}
@Controller('dogs')
class DogsController { @Get() list() {} @Version(VERSION_NEUTRAL) @Get('count') count() {} }
@Module({ controllers: [CatsController] }) class CatsModule {}
@Module({ controllers: [DogsController] }) class DogsModule {}
@Module({ imports: [RouterModule.register([{ path: 'pets', module: CatsModule, children: [{ path: 'loud', module: DogsModule }] }])] })
class AppModule {}
`,
      },
      routes: [
        'GET /v2/pets/cats/:id',
        'GET /v2/pets/cats/all',
        'GET /v3/pets/cats/all',
        'GET /v1/pets/loud/dogs',
        'GET /pets/loud/dogs/count',
      ],
    },
  ],
  routes(program, resolver) {
    const controllers = controllersIn(program, resolver)
    if (controllers.length === 0) return []
    const paths = new NestPaths(program, resolver)
    return controllers.flatMap((controller) =>
      methodsOf(controller, resolver).flatMap((method) => routesOf(controller, method, paths, resolver)),
    )
  },
  sends(call) {
    const callee = call.getExpression()
    if (!Node.isPropertyAccessExpression(callee) || !sendingMethods.has(callee.getName())) return false
    const parameter = rootOf(callee)?.getSymbol()?.getValueDeclaration()
    return Node.isParameterDeclaration(parameter) && parameter.getDecorators().length > 0
  },
  awaitsHandlers: () => true,
  requestInput: nestInput,
  requestQuery: nestQuery,
}

function controllersIn(program: Program, resolver: Resolver): ClassNode[] {
  return program.applicationCallsNamed('Controller').flatMap((call) => {
    const decorator = call.getParent()
    const owner = Node.isDecorator(decorator) ? decorator.getParent() : undefined
    return isClass(owner) && nestDecorator(owner.getDecorators(), 'Controller', resolver) ? [owner] : []
  })
}

/** A controller's methods, own and inherited; an overridden one counts as it is written last. */
function methodsOf(controller: ClassNode, resolver: Resolver): MethodDeclaration[] {
  const methods = new Map<string, MethodDeclaration>()
  const seen = new Set<ClassNode>()
  for (let owner: ClassNode | null = controller; owner && !seen.has(owner); owner = baseOf(owner, resolver)) {
    seen.add(owner)
    for (const method of owner.getInstanceMethods())
      if (!methods.has(method.getName())) methods.set(method.getName(), method)
  }
  return [...methods.values()]
}

function routesOf(
  controller: ClassNode,
  method: MethodDeclaration,
  paths: NestPaths,
  resolver: Resolver,
): RouteDefinition[] {
  return [...verbs].flatMap(([name, verb]) => {
    const registration = nestDecorator(method.getDecorators(), name, resolver)
    if (!registration) return []
    const place = { start: registration, end: method, functions: [method] }
    const schemas = schemasOf(method.getParameters(), resolver)
    return paths
      .of(controller, method, registration)
      .map((path): RouteDefinition => ({ ...place, method: verb, path, schemas }))
  })
}

/** `@Query()` with nothing picked out. */
/** The first name of `res.status(200).json`. */
function rootOf(expression: Node): Node | null {
  if (Node.isPropertyAccessExpression(expression) || Node.isCallExpression(expression))
    return rootOf(expression.getExpression())
  return Node.isIdentifier(expression) ? expression : null
}
