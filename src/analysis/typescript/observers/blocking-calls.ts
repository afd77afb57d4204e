import type { CallExpression } from 'ts-morph'
import type { Resolver } from '../resolver.ts'
import type { Observation, Observer } from './observer.ts'

/** Synchronous functions that take long enough to notice, by module. `existsSync` and the like are left out: they are one system call. */
const blocking: readonly { readonly module: RegExp; readonly api: RegExp }[] = [
  {
    module: /^(?:node:)?fs$|^fs-extra$|^graceful-fs$/,
    api: /^(?:readFile|writeFile|appendFile|copyFile|readdir|cp|rm|copy|readJson|writeJson|outputFile)Sync$/,
  },
  { module: /^(?:node:)?crypto$/, api: /^(?:pbkdf2|scrypt|generateKeyPair|generatePrime|hkdf)Sync$/ },
  {
    module: /^bcrypt(?:js|-nodejs)?$|^@node-rs\/(?:bcrypt|argon2)$/,
    api: /^(?:hash|compare|verify|genSalt)Sync$/,
  },
  { module: /^(?:node:)?child_process$/, api: /^(?:exec|execFile|spawn)Sync$/ },
  { module: /^(?:node:)?zlib$/, api: /Sync$/ },
]

/** What nobody computes when a server starts: wherever it stands, it runs for a request. */
const ofPasswords = /\.(?:pbkdf2|scrypt|hash|compare|verify)Sync$/

/** Calls that hold the only thread: everything else waits for them. */
export const blockingCalls: Observer = {
  id: 'blocking-calls',
  beyondCalls: true,
  observe: ({ fn, calls, resolver, isReached }) =>
    calls.flatMap((call): Observation[] => {
      const api = blockingApi(call, resolver)
      return api === null || (!isReached && !ofPasswords.test(api))
        ? []
        : [{ node: call, detail: { kind: 'blocking-call', api, hasPromiseForm: fn.isAsync?.() ?? false } }]
    }),
}

/** `fs.readFileSync` for a call of it, however it was imported; null for every other call. */
export function blockingApi(call: CallExpression, resolver: Resolver): string | null {
  const callee = call.getExpression().getText()
  if (!callee.endsWith('Sync')) return null
  const origin = /^"([^"]+)"(?:\.default)?\.(\w+)$/.exec(resolver.origin(call.getExpression()) ?? '')
  const [, module = '', name = ''] = origin ?? []
  const isBlocking = blocking.some((each) => each.module.test(module) && each.api.test(name))
  return isBlocking ? `${module.replace('node:', '')}.${name}` : null
}
