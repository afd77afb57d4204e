import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import process from 'node:process'
import { describe, it } from 'node:test'
import { kernelUnits, parseStat, processStat } from '../../src/evidence/proc-stat.ts'

const elsewhere = process.platform !== 'linux' && 'only Linux has /proc'

describe('a process in /proc', { skip: elsewhere }, () => {
  it('is counted in the units that getconf names', async () => {
    const named = ['CLK_TCK', 'PAGESIZE'].map((name) =>
      Number(execFileSync('getconf', [name], { encoding: 'utf8' })),
    )
    const { ticksPerSecond, pageBytes } = await kernelUnits()
    assert.deepEqual([ticksPerSecond, pageBytes], named)
  })

  it('has used the CPU and memory that it says itself', async () => {
    const until = performance.now() + 300
    while (performance.now() < until) Math.hypot(1, 2)
    const stat = await processStat(process.pid)
    const { user, system } = process.cpuUsage()
    assert.equal(stat?.parent, process.ppid)
    // Two counters of 10 ms each, and what reading them takes.
    const apart = (user + system) / 1000 - (stat?.cpuMillis ?? 0)
    assert.ok(Math.abs(apart) < 50, `${apart} ms apart`)
    const memory = (stat?.rssBytes ?? 0) / process.memoryUsage.rss()
    assert.ok(memory > 0.8 && memory < 1.2, `${memory} of its own figure`)
  })

  it('is null once it has ended', async () => {
    assert.equal(await processStat(2 ** 30), null)
  })
})

const line = (name: string, state: string): string =>
  `4711 (${name}) ${state} 12 4711 4711 0 -1 4194304 1 2 3 4 150 50 70 80 20 0 11 0 99 1000000 10 18446744073709551615`

describe('parseStat', () => {
  const units = { ticksPerSecond: 100, pageBytes: 16_384 }

  it('reads past a name with blanks and parentheses', () => {
    const expected = { pid: 4711, parent: 12, cpuMillis: 2000, rssBytes: 163_840 }
    assert.deepEqual(parseStat(line('node', 'S'), units), expected)
    assert.deepEqual(parseStat(line('my) R 1 (app', 'R'), units), expected)
  })

  it('takes a zombie for ended, and nothing for nothing', () => {
    assert.equal(parseStat(line('node', 'Z'), units), null)
    assert.equal(parseStat('', units), null)
  })
})
