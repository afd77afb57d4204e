#!/usr/bin/env node
// The one entry of every npm script. Runs on Node 20 with nothing installed: installs what the lock files say,
// then hands over to scripts/<name>.ts on the Node that the devDependency `node` ships.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const windows = process.platform === 'win32'
const oldestNode = 20
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
/** A terminal and npm both pass on one press of Ctrl-C; what follows within this time is the same press. */
const samePressMillis = 500

/** Children that run now; the launcher passes its signals on to them. */
const running = new Set()

function say(text) {
  process.stderr.write(`headroom: ${text}\n`)
}

function fail(sentence) {
  say(sentence)
  process.exit(2)
}

/**
 * Spawns a child in a process group of its own, so that a Ctrl-C reaches it from here alone, and resolves to its
 * exit code (128 + signal number where a signal ended it).
 */
function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, detached: !windows })
    running.add(child)
    child.on('error', (error) => {
      running.delete(child)
      reject(error)
    })
    child.on('close', (code, signal) => {
      running.delete(child)
      resolve(code ?? 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal ?? 'SIGTERM'] ?? 0))
    })
    options.onSpawn?.(child)
  })
}

let interrupted = false
let lastSignalAt = 0

function passOn(signal) {
  const now = Date.now()
  if (now - lastSignalAt < samePressMillis) return
  lastSignalAt = now
  interrupted = true
  if (windows && signal === 'SIGINT') return // the console has told every process already
  for (const child of running) child.kill(signal)
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

/** Whether `folder`/node_modules holds what its package-lock.json says; npm's own record is written last of all. */
function isInstalled(folder) {
  const wanted = readJson(join(folder, 'package-lock.json'))
  const present = readJson(join(folder, 'node_modules', '.package-lock.json'))
  if (wanted === null || present === null) return false
  return Object.entries(wanted.packages).every(
    ([path, entry]) =>
      path === '' ||
      entry.link === true ||
      entry.optional === true ||
      present.packages[path]?.version === entry.version,
  )
}

function npmCommand(args) {
  const npmScript = process.env.npm_execpath
  if (npmScript?.endsWith('npm-cli.js'))
    return { command: process.execPath, args: [npmScript, ...args], shell: false }
  return { command: 'npm', args, shell: windows }
}

/** Retries come quickly, so that a machine without network hears of it within seconds. */
const npmFlags = [
  '--no-audit',
  '--no-fund',
  '--prefer-offline',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=4000',
]

const offline = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED)\b/

async function npm(folder, args, env) {
  const call = npmCommand([...args, ...npmFlags])
  let errors = ''
  const code = await run(call.command, call.args, {
    cwd: folder,
    env,
    shell: call.shell,
    stdio: ['ignore', 2, 'pipe'],
    onSpawn(child) {
      child.stderr.on('data', (chunk) => {
        process.stderr.write(chunk)
        errors = (errors + String(chunk)).slice(-20_000)
      })
    },
  })
  if (interrupted) process.exit(130)
  if (code === 0) return
  const cause = offline.test(errors)
    ? 'the npm registry could not be reached; connect to the network (or check `npm config get registry`) and run the command again.'
    : `exit code ${code}, see the lines above.`
  fail(`npm ${args[0]} failed in ${folder}: ${cause}`)
}

/** On Windows a running program can't be deleted, so that `npm ci` would fail on the Node that runs it. */
function installCommand() {
  return windows && process.execPath.startsWith(join(root, 'node_modules')) ? 'install' : 'ci'
}

async function install(folder, name, env) {
  if (isInstalled(folder)) return
  say(`installing the packages of ${name} (npm ${installCommand()}) …`)
  const startedAt = Date.now()
  await npm(folder, [installCommand()], env)
  say(`installed in ${Math.round((Date.now() - startedAt) / 1000)} s.`)
}

/** The Node binary of the devDependency; npm may be configured to skip install scripts, then it is asked once. */
async function shippedNode() {
  const binary = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node')
  if (!existsSync(binary)) {
    say('fetching the Node version that Headroom is built and tested with …')
    await npm(root, ['rebuild', 'node', 'esbuild', '--ignore-scripts=false'], process.env)
  }
  if (existsSync(binary)) return binary
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  return fail(
    'the package `node` has no binary for this machine; install Node 24 or newer and run this again.',
  )
}

function environmentWith(node) {
  const env = { ...process.env }
  const pathName = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  const separator = windows ? ';' : ':'
  const folders = [dirname(node), join(root, 'node_modules', '.bin'), env[pathName]]
  env[pathName] = folders.filter((folder) => folder !== undefined).join(separator)
  return env
}

async function main() {
  if (Number(process.versions.node.split('.')[0]) < oldestNode) {
    fail(
      `Node ${process.versions.node} is too old: Headroom needs Node ${oldestNode} or newer (https://nodejs.org).`,
    )
  }
  const [name, ...args] = process.argv.slice(2)
  const script = join(root, 'scripts', `${name}.ts`)
  if (name === undefined || !existsSync(script)) fail(`there is no scripts/${name ?? '<name>'}.ts to run.`)
  for (const signal of signals) process.on(signal, () => passOn(signal))

  await install(root, 'Headroom', process.env)
  const node = await shippedNode()
  const env = environmentWith(node)
  const sample = join(root, 'samples', 'activity-api')
  if (existsSync(join(sample, 'package-lock.json'))) await install(sample, 'samples/activity-api', env)
  if (interrupted) process.exit(130)

  const builtFirst =
    name === 'demo'
      ? await run(node, [join(root, 'scripts', 'build.ts'), '--production'], { env, stdio: 'inherit' })
      : 0
  if (interrupted) process.exit(130)
  process.exitCode = builtFirst || (await run(node, [script, ...args], { env, stdio: 'inherit' }))
}

await main()
