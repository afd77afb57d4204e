import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'

const root = fileURLToPath(new URL('../..', import.meta.url))

type Texts = Readonly<Record<string, string>>

function textsOf(file: string): Texts {
  return v.parse(v.record(v.string(), v.string()), JSON.parse(readFileSync(join(root, file), 'utf8')))
}

/** The parts of a text that a translation keeps: placeholders, code, the targets of links, icons, options of commands. */
const kept: Readonly<Record<string, RegExp>> = {
  placeholders: /\{\d+\}/g,
  code: /`[^`]*`/g,
  links: /\]\([^)]*\)/g,
  icons: /\$\([^)]*\)/g,
  options: /--[a-z][a-z-]*/g,
  'outer spaces': /^\s+|\s+$/g,
}

function partsOf(text: string, part: RegExp): string[] {
  return [...text.matchAll(part)].map(([found]) => found).toSorted()
}

/** The files with the texts of another language, and the English file that they translate. */
const translations = [
  ...readdirSync(join(root, 'l10n'))
    .filter((name) => /^bundle\.l10n\..+\.json$/.test(name))
    .map((name) => ({ file: `l10n/${name}`, english: 'l10n/bundle.l10n.json' })),
  ...readdirSync(root)
    .filter((name) => /^package\.nls\..+\.json$/.test(name))
    .map((name) => ({ file: name, english: 'package.nls.json' })),
]

it('German is there for the editor and for its manifest', () => {
  const files = translations.map(({ file }) => file)
  assert.ok(files.includes('l10n/bundle.l10n.de.json'))
  assert.ok(files.includes('package.nls.de.json'))
})

for (const { file, english } of translations)
  describe(file, () => {
    const [original, translated] = [textsOf(english), textsOf(file)]

    it('has a text for each English one, and no other', () => {
      assert.deepEqual(Object.keys(translated).toSorted(), Object.keys(original).toSorted())
    })

    it('leaves no text empty', () => {
      const empty = Object.entries(translated).filter(([, text]) => text.trim() === '')
      assert.deepEqual(empty, [])
    })

    for (const [name, part] of Object.entries(kept))
      it(`keeps the ${name} of each text`, () => {
        const changed = Object.entries(translated).filter(
          ([key, text]) => partsOf(text, part).join(' ') !== partsOf(original[key] ?? '', part).join(' '),
        )
        assert.deepEqual(changed, [])
      })
  })
