import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { wireCounterFor } from '../../src/evidence/inside/wire-protocols.ts'

function postgresMessage(type: string, body: string): Buffer {
  const head = Buffer.alloc(type.length + 4)
  head.write(type)
  head.writeInt32BE(body.length + 4, type.length)
  return Buffer.concat([head, Buffer.from(body)])
}

function startup(code: number, body = ''): Buffer {
  const head = Buffer.alloc(8)
  head.writeInt32BE(body.length + 8)
  head.writeInt32BE(code, 4)
  return Buffer.concat([head, Buffer.from(body)])
}

function mysqlPacket(number: number, body: Buffer): Buffer {
  const head = Buffer.alloc(4)
  head.writeUIntLE(body.length, 0, 3)
  head[3] = number
  return Buffer.concat([head, body])
}

function mongoMessage(operation: number, body: string): Buffer {
  const head = Buffer.alloc(16)
  head.writeInt32LE(16 + body.length)
  head.writeInt32LE(operation, 12)
  return Buffer.concat([head, Buffer.from(body)])
}

/** The queries counted in a connection's bytes when they arrive in pieces of `size`, after a first piece with the greeting. */
function countedInPieces(greeting: Buffer, rest: Buffer, size: number): number {
  const counter = wireCounterFor(greeting)
  assert.ok(counter, 'the protocol is known')
  let queries = counter.count(greeting)
  for (let at = 0; at < rest.length; at += size) queries += counter.count(rest.subarray(at, at + size))
  return queries
}

const login = mysqlPacket(1, Buffer.concat([Buffer.alloc(32, 1), Buffer.from('root\0')]))
const postgresSession = Buffer.concat([
  postgresMessage('p', 'password\0'),
  postgresMessage('Q', 'SELECT 1\0'),
  ...['P', 'B', 'D', 'E', 'S'].map((type) => postgresMessage(type, 'QQQQEEEE\0')),
  postgresMessage('d', 'E'.repeat(3000)),
  postgresMessage('X', ''),
])
const mysqlSession = Buffer.concat([
  mysqlPacket(3, Buffer.from('auth')),
  mysqlPacket(0, Buffer.from('\u0003SELECT 1')),
  mysqlPacket(0, Buffer.from('\u0016SELECT ?')),
  mysqlPacket(0, Buffer.from('\u0017\u0001\0\0\0')),
  mysqlPacket(2, Buffer.from('\u0003a file that is sent')),
  mysqlPacket(3, Buffer.alloc(0)),
  mysqlPacket(0, Buffer.from('\u000e')),
])

describe('queries on the wire', () => {
  for (const size of [1, 3, 7, 64, 10_000]) {
    it(`are counted in pieces of ${size} bytes`, () => {
      const plain = startup(196_608, 'user\0app\0\0')
      assert.equal(countedInPieces(plain, postgresSession, size), 2)
      const refused = Buffer.concat([plain, postgresSession])
      assert.equal(countedInPieces(startup(80_877_103), refused, size), 2)
      assert.equal(countedInPieces(login, mysqlSession, size), 2)
      const commands = Buffer.concat([mongoMessage(2013, 'find'), mongoMessage(2013, 'x'.repeat(500))])
      assert.equal(countedInPieces(mongoMessage(2004, 'isMaster'), commands, size), 2)
    })
  }

  it('are not looked for on other connections', () => {
    for (const text of [
      'GET / HTTP/1.1\r\nHost: localhost:3000\r\nAccept: */*\r\n\r\n',
      '*1\r\n$4\r\nPING\r\n',
      '',
    ]) {
      assert.equal(wireCounterFor(Buffer.from(text)), null)
    }
    const hello = Buffer.concat([Buffer.from('16030100c8', 'hex'), Buffer.alloc(200, 7)])
    assert.equal(wireCounterFor(hello), null)
  })
})
