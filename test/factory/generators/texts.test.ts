import assert from 'node:assert/strict'
import { test } from 'node:test'

import { generators } from '../../../src/factory/generators/index.ts'
import { everybody } from '../../../src/factory/generators/people.ts'
import { columnOf, contextFor, made } from './value-context.ts'

function all(name: string, changes = {}): readonly string[] {
  return made(columnOf(name, changes), { count: 100_000 }).values.map(String)
}

function inAddresses(name: string): readonly string[] {
  return made(columnOf(name), { table: 'addresses', count: 3000 }).values.map(String)
}

test('nothing reaches a real person', () => {
  assert.ok(all('email').every((value) => /^[a-z]+\.[a-z]+\d+@example\.(?:com|org|net)$/.test(value)))
  assert.ok(all('phone').every((value) => /^\+1-[2-9]\d\d-555-01\d\d$/.test(value)))
  assert.ok(all('ip_address').every((value) => /^(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/.test(value)))
  assert.ok(all('website').every((value) => value.startsWith('https://example.com/')))
  assert.ok(all('mac_address').every((value) => /^02(?::[0-9a-f]{2}){5}$/.test(value)))
  const texts = [...all('metadata', { type: 'json' }), ...all('body').slice(0, 5000)].join('\n')
  assert.doesNotMatch(texts, /@(?!example\.)\w+\.|https?:\/\/(?!example\.com)/)
})

test('columns that speak of the same person agree, of another one not', () => {
  const table = 'users'
  const of = (name: string) => made(columnOf(name), { table, count: 500 }).values.map(String)
  const [first, last, email, username] = [of('first_name'), of('last_name'), of('email'), of('username')]
  const display = of('display_name')
  let latin = 0
  for (let index = 0; index < 500; index++) {
    assert.ok(display[index]?.includes(first[index] ?? '?') && display[index]?.includes(last[index] ?? '?'))
    const isLatin = /^[A-Za-z]+ [A-Za-z]+$/.test(display[index] ?? '')
    if (!isLatin) continue
    latin++
    assert.ok(
      email[index]?.startsWith(`${first[index]}.${last[index]}`.toLowerCase()),
      `${display[index]}: ${email[index]}`,
    )
    assert.ok(
      username[index]?.startsWith(String(first[index]).toLowerCase()),
      `${display[index]}: ${username[index]}`,
    )
  }
  assert.ok(latin > 150, String(latin))
  assert.notDeepEqual(of('billing_first_name'), first)
})

test('columns that speak of the same address agree', () => {
  const [country, codes, zones] = [
    inAddresses('country'),
    inAddresses('country_code'),
    inAddresses('timezone'),
  ]
  const zip = inAddresses('zip_code')
  country.forEach((name, index) => {
    if (name !== 'Germany') return
    assert.deepEqual([codes[index], zones[index]], ['DE', 'Europe/Berlin'])
    assert.match(zip[index] ?? '', /^\d{5}$/)
  })
  assert.ok(new Set(country).size >= 18)
})

test('names come from many scripts, and no two addresses of one country are the same', () => {
  const { full, address, country } = everybody()
  assert.ok(full.some((name) => /[äöüßéñłå]/.test(name)))
  for (const script of [
    /\p{Script=Han}/u,
    /\p{Script=Hangul}/u,
    /\p{Script=Cyrillic}/u,
    /\p{Script=Arabic}/u,
    /\p{Script=Hebrew}/u,
  ])
    assert.ok(
      full.some((name) => script.test(name)),
      String(script),
    )
  assert.equal(new Set(address.map((each, who) => `${country[who]} ${each}`)).size, address.length)
  assert.ok(address.every((each) => /^[a-z]+\.[a-z]+$/.test(each)))
})

test('unique texts differ in a million rows, without regard to case', () => {
  for (const name of ['email', 'username']) {
    const { valueOf } = made(columnOf(name), { unique: true, count: 1 })
    const seen = new Set<string>()
    for (let index = 0; index < 1_000_000; index++) seen.add(String(valueOf(index)).toLowerCase())
    assert.equal(seen.size, 1_000_000, name)
  }
})

test('unique texts respect short columns', () => {
  for (const [name, id] of [
    ['email', 'email'],
    ['title', 'title'],
    ['username', 'username'],
    ['order_number', 'code'],
    ['sku', 'code'],
    ['slug', 'code'],
    ['access_token', 'code'],
    ['isbn', 'code'],
    ['flavour', 'words-text'],
    ['body', 'body'],
    ['phone', 'phone'],
    ['full_name', 'person-name'],
  ] as const) {
    for (const maxLength of [5, 8, 12, 17, 24, 40, 120]) {
      const column = columnOf(name, { maxLength })
      const { values, id: chosen } = made(column, { unique: true, count: 20_000 })
      if (maxLength >= 24) assert.equal(chosen, id, `${name} ${maxLength}`)
      assert.equal(
        new Set(values.map((value) => String(value).toLowerCase())).size,
        20_000,
        `${name} ${maxLength}`,
      )
      for (const value of values)
        assert.ok(String(value).length <= maxLength, `${name} ${maxLength}: ${String(value)}`)
    }
  }
})

test('texts are as long as a CHECK wants them', () => {
  for (const name of [
    'title',
    'body',
    'remark',
    'username',
    'full_name',
    'access_token',
    'city',
    'company',
  ]) {
    for (const unique of [false, true]) {
      const { values } = made(columnOf(name, { minLength: 20, maxLength: 40 }), { unique })
      for (const value of values)
        assert.ok(String(value).length >= 20 && String(value).length <= 40, `${name}: ${String(value)}`)
      if (unique) assert.equal(new Set(values).size, values.length)
    }
  }
})

test('a CHAR is filled to its end', () => {
  for (const length of [1, 2, 3, 6, 10, 16, 32]) {
    const column = columnOf('flag', { maxLength: length, declaredType: `char(${length})` })
    assert.ok(made(column).values.every((value) => String(value).length === length))
  }
})

test('about one text in a hundred is what careless code breaks on, where it has room', () => {
  const { values } = made(columnOf('body'), { count: 100_000 })
  const edges = values.filter((value) => /👩|مرحبا|^007$|"quoted"|^A long text/u.test(String(value)))
  assert.ok(edges.length > 150 && edges.length < 600, String(edges.length))
  for (const maxLength of [1, 4, 10]) {
    for (const value of made(columnOf('remark', { maxLength }), { count: 20_000 }).values) {
      assert.ok(String(value).length <= maxLength && String(value).isWellFormed(), String(value))
    }
  }
})

test('all text generators work beyond four thousand million rows', () => {
  const indices = [0, 1, 2 ** 32, 2 ** 32 + 1, 2 ** 33, 2 ** 33 + 1]
  for (const generator of generators) {
    const { column, unique, options } = generator.example
    if (column.type !== 'text' || !unique) continue
    const valueOf = generator.compile(options ?? { unique: true, kind: 'slug' }, contextFor('name'))
    assert.equal(new Set(indices.map((index) => valueOf(index))).size, indices.length, generator.id)
  }
})

test('a text keeps to one language, and is as long as its name says', () => {
  const scripts = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Hangul}/u, /\p{Script=Arabic}/u]
  const edges = 0.02
  for (const [name, shortest, longest] of [
    ['note', 35, 90],
    ['description', 90, 240],
    ['body', 240, 600],
  ] as const) {
    const values = all(name)
    const mean = values.reduce((sum, { length }) => sum + length, 0) / values.length
    assert.ok(mean > shortest && mean < longest, `${name}: ${mean} characters`)
    const mixed = values.filter((value) => scripts.filter((script) => script.test(value)).length > 1)
    assert.ok(mixed.length < edges * values.length, `${name}: ${mixed.length} in several scripts`)
    for (const script of scripts)
      assert.ok(
        values.some((value) => script.test(value)),
        `${name}: ${String(script)}`,
      )
  }
})
