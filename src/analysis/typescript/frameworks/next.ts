import { Node, SyntaxKind } from 'ts-morph'
import { httpMethods, type HttpMethod } from '../../../model/route.ts'
import { fileOf } from '../program.ts'
import type { FunctionNode } from '../functions.ts'
import type { Resolver } from '../resolver.ts'
import type { Framework, RouteDefinition } from './framework.ts'
import { serverActions } from './next/actions.ts'
import { apiRoutes } from './next/api.ts'
import { exportsOf, functionsIn, isServedByOther, placeOf } from './next/exports.ts'
import { nextFiles, type NextFile } from './next/files.ts'
import { nextInput } from './next/input.ts'
import { pageRoutes } from './next/pages.ts'

const methods = new Map<string, HttpMethod>(httpMethods.map((method) => [method, method]))
const sendingMethods = new Set(['json', 'jsonp', 'send', 'end', 'write'])

/**
 * Next.js: route handlers and pages below `app`, API routes and pages with `getServerSideProps` below `pages`, and server
 * actions, written `POST /page#action` after the page whose folder they stand in.
 */
export const next: Framework = {
  id: 'next',
  sendsReturnValue: true,
  examples: [
    {
      files: {
        'next.config.js': `module.exports = {}\n`,
        'src/app/api/users/[id]/route.ts': `import { NextResponse } from 'next/server'
import { withAuth } from '@/auth'
export async function GET(request: Request) { return NextResponse.json([]) }
export const DELETE = withAuth(async (request) => NextResponse.json({}))
export const dynamic = 'force-dynamic'
`,
        'src/app/(shop)/[...slug]/page.tsx': `export default async function Page({ params }) { return <p>{params.slug}</p> }\n`,
        'src/app/about/page.tsx': `export default function About() { return <p>About</p> }\n`,
        'src/app/team/layout.tsx': `export default async function Layout({ children }) { return <div>{children}</div> }\n`,
        'src/app/team/page.tsx': `export default function Team() { return <p>Team</p> }\n`,
        'src/app/team/actions.ts': `'use server'\nexport async function invite(data: FormData) {}\n`,
      },
      routes: [
        'GET /api/users/:id',
        'DELETE /api/users/:id',
        'GET /:slug*',
        'GET /team',
        'POST /team#invite',
      ],
    },
    {
      files: {
        'package.json': `{ "dependencies": { "next": "14" } }`,
        'pages/api/posts/index.ts': `import type { NextApiRequest, NextApiResponse } from 'next'\nexport default async function handler(req: NextApiRequest, res: NextApiResponse) {
  if (req.method !== 'POST') return res.status(405).end()
  res.json({})
}
`,
        'pages/api/tags.js': `import nc from 'next-connect'\nexport default nc().get(async (req, res) => res.json([])).post(async (req, res) => res.json({}))
`,
        'pages/api/users.ts': `import type { NextApiRequest, NextApiResponse } from 'next'\nexport default function handler(req: NextApiRequest, res: NextApiResponse) {
  switch (req.method) {
    case 'GET':
      return list(req, res)
    case 'POST':
      return add(req, res)
  }
}
async function list(req, res) { res.json([]) }
async function add(req, res) { res.json({}) }
`,
        'pages/api/[...all].js': `export default (req, res) => res.end()\n`,
        'pages/users/[id].tsx': `export async function getServerSideProps({ params }) { return { props: {} } }\nexport default function User() { return null }
`,
      },
      routes: [
        'POST /api/posts',
        'GET /api/tags',
        'POST /api/tags',
        'GET /api/users',
        'POST /api/users',
        'ALL /api/:all*',
        'GET /users/:id',
      ],
    },
  ],
  routes(program, resolver) {
    const files = nextFiles(program)
    if (files.length === 0) return []
    return [
      ...files.flatMap((file) => routeHandlers(file, resolver)),
      ...files.flatMap((file) => apiRoutes(file, program, resolver)),
      ...pageRoutes(files, resolver),
      ...serverActions(program, resolver),
    ]
  },
  sends(call) {
    const callee = call.getExpression()
    if (!Node.isPropertyAccessExpression(callee) || !sendingMethods.has(callee.getName())) return false
    return Node.isParameterDeclaration(rootOf(callee)?.getSymbol()?.getValueDeclaration())
  },
  awaitsHandlers: () => true,
  requestInput: nextInput,
  requestQuery(fn) {
    const file = fileOf(fn)
    const name = fn.getParameters()[0]?.getNameNode()
    if (/(?:^|\/)pages\/api\//.test(file))
      return Node.isIdentifier(name) ? { text: `${name.getText()}.query`, edits: [] } : null
    if (!/(?:^|\/)route\.[cm]?[jt]sx?$/.test(file)) return null
    if (Node.isIdentifier(name)) return { text: queryOf(name.getText()), edits: [] }
    const at = name ? null : parameterStart(fn)
    if (at === null) return null
    const text = /\.[cm]?tsx?$/.test(file) ? 'request: Request' : 'request'
    return { text: queryOf('request'), edits: [{ file, start: at, end: at, text }] }
  },
}

/** The exported `GET`, `POST` … of an `route.ts`. A handler that serves tRPC or Hono is left to their routes. */
function routeHandlers({ kind, path, file }: NextFile, resolver: Resolver): RouteDefinition[] {
  if (kind !== 'route') return []
  if (isServedByOther(file)) return []
  return exportsOf(file).flatMap((exported): RouteDefinition[] => {
    const method = methods.get(exported.name)
    return method
      ? [{ method, path, ...placeOf(exported, resolver), functions: functionsIn(exported, resolver) }]
      : []
  })
}

/** Source text of the query parameters of a `Request`. */
function queryOf(request: string): string {
  return `Object.fromEntries(new URL(${request}.url).searchParams)`
}

/** Where the first parameter goes in `()`. */
function parameterStart(fn: FunctionNode): number | null {
  const open = fn.getFirstChildByKind(SyntaxKind.OpenParenToken)
  return open ? open.getEnd() : null
}

/** The first name of `res.status(200).json`. */
function rootOf(expression: Node): Node | null {
  if (Node.isPropertyAccessExpression(expression) || Node.isCallExpression(expression))
    return rootOf(expression.getExpression())
  return Node.isIdentifier(expression) ? expression : null
}
