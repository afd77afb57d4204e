import { Node, type CallExpression } from 'ts-morph'
import { calleeName } from '../functions.ts'
import { fileOf, type Program } from '../program.ts'
import type { Resolver } from '../resolver.ts'
import type { Observer } from './observer.ts'
import { packageImports } from './packages.ts'

/** What a server that listens is made by. */
const server =
  /^(?:(?:new )?"(?:express|fastify|koa|restify|polka)"(?:\.\w+)*\(\)|new "(?:koa|express)"(?:\.\w+)*(?:\(\))?|"(?:node:)?https?"(?:\.default)?\.createServer\(\)|"@nestjs\/core"\.NestFactory\.create\(\)|<"(?:express|fastify|koa|http|node:http|@nestjs\/common|@nestjs\/platform-\w+)"\.\w+>)/
const closers =
  /^(?:close-with-grace|@godaddy\/terminus|http-terminator|lil-http-terminator|stoppable|fastify-graceful-shutdown|exit-hook|death|http-graceful-shutdown|node-graceful-shutdown|nodemailer-graceful|async-exit-hook|express-graceful-shutdown|@hapi\/.*|@adonisjs\/.*)$/

/** Where servers start to listen, once for every package, and whether a signal ends them in order. */
export const serverStarts: Observer = {
  id: 'server-starts',
  observeProgram(program, resolver) {
    const starts = program.applicationCallsNamed('listen').filter((call) => isServer(call, resolver))
    const served = program
      .applicationCallsNamed('serve')
      .filter((call) => resolver.origin(call.getExpression()) === '"@hono/node-server".serve')
    const seen = new Set<string>()
    return [...starts, ...served].flatMap((node) => {
      const folder = program.packageFolder(fileOf(node))
      if (seen.has(folder)) return []
      seen.add(folder)
      return [{ node, detail: { kind: 'server-start', stops: stopsOnSignal(folder, program) } }]
    })
  },
}

function isServer(call: CallExpression, resolver: Resolver): boolean {
  const callee = call.getExpression()
  return Node.isPropertyAccessExpression(callee) && server.test(resolver.origin(callee.getExpression()) ?? '')
}

function stopsOnSignal(folder: string, program: Program): boolean {
  const isInside = (node: Node): boolean => folder === '' || fileOf(node).startsWith(`${folder}/`)
  const listens = ['on', 'once'].some((name) =>
    program
      .callsNamed(name)
      .some((call) => isInside(call) && call.getText().startsWith('process.') && listensToSignal(call)),
  )
  const hooks = program.callsNamed('enableShutdownHooks').some(isInside)
  return listens || hooks || packageImports(closers, folder, program)
}

/** `process.on('SIGTERM', …)`, or with a signal that a loop over several gives. */
function listensToSignal(call: CallExpression): boolean {
  const event = call.getArguments()[0]
  if (Node.isStringLiteral(event)) return /^SIG(?:TERM|INT)$/.test(event.getLiteralValue())
  return (
    event !== undefined &&
    /SIG(?:TERM|INT)/.test(call.getSourceFile().getFullText()) &&
    calleeName(call) !== null
  )
}
