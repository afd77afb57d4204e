import assert from 'node:assert/strict'
import { test } from 'node:test'

import { columnOf, schemaOf, serveFile, skip, tableOf } from './postgres-introspected.ts'

serveFile()

/** A trigger on `t` with a function of its own. */
function trigger(name: string, body: string, when = 'BEFORE INSERT'): string {
  return `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN ${body} END $f$;
    CREATE TRIGGER ${name} ${when} ON t FOR EACH ROW EXECUTE FUNCTION ${name}();`
}

test(
  'triggers that may reach further than the new row are told from those that fill its columns',
  { skip },
  async () => {
    const schema = await schemaOf(
      `CREATE TABLE t (id int PRIMARY KEY, code text UNIQUE, slug text, title text, seen int);
     CREATE TABLE log (id int);
     ${trigger('a_fills', `IF NEW.slug IS NULL THEN NEW.slug := lower(replace(NEW.title, ' ', '-')); END IF; RETURN NEW;`)}
     ${trigger('b_logs', `INSERT INTO log VALUES (NEW.id); RETURN NEW;`)}
     ${trigger('c_calls', `NEW.seen := nextval('s'); RETURN NEW;`)}
     ${trigger('d_keys', `NEW.code := upper(NEW.title); RETURN NEW;`)}
     ${trigger('e_drops', `IF NEW.seen = 1 THEN RETURN NULL; END IF; RETURN NEW;`)}
     ${trigger('f_removes', `RETURN OLD;`, 'BEFORE DELETE')}
     ${trigger('g_changes', `NEW.seen := 2; RETURN NEW;`, 'BEFORE UPDATE')}
     ${trigger('h_off', `INSERT INTO log VALUES (1); RETURN NEW;`)}
     ALTER TABLE t DISABLE TRIGGER h_off`,
    )
    assert.deepEqual(tableOf(schema, 't').triggers, ['b_logs', 'c_calls', 'd_keys', 'e_drops', 'f_removes'])
    assert.equal(columnOf(schema, 't', 'slug').generated, true)
    assert.equal(columnOf(schema, 't', 'seen').generated, false)
  },
)

test('what partitions take: lists, ranges with gaps, a partition for the rest', { skip }, async () => {
  const schema = await schemaOf(
    `CREATE TABLE list (region text NOT NULL, n int) PARTITION BY LIST (region);
     CREATE TABLE list_eu PARTITION OF list FOR VALUES IN ('de', 'fr');
     CREATE TABLE list_us PARTITION OF list FOR VALUES IN ('us');
     CREATE TABLE gaps (n int NOT NULL) PARTITION BY RANGE (n);
     CREATE TABLE gaps_a PARTITION OF gaps FOR VALUES FROM (0) TO (10);
     CREATE TABLE gaps_b PARTITION OF gaps FOR VALUES FROM (20) TO (30);
     CREATE TABLE gaps_c PARTITION OF gaps FOR VALUES FROM (30) TO (50);
     CREATE TABLE rest (n int NOT NULL) PARTITION BY RANGE (n);
     CREATE TABLE rest_a PARTITION OF rest FOR VALUES FROM (0) TO (10);
     CREATE TABLE rest_b PARTITION OF rest DEFAULT;
     CREATE TABLE pair (a int NOT NULL, b int NOT NULL) PARTITION BY RANGE (a, b);
     CREATE TABLE pair_a PARTITION OF pair FOR VALUES FROM (0, 0) TO (10, 10)`,
  )
  assert.deepEqual(columnOf(schema, 'list', 'region').allowedValues, ['de', 'fr', 'us'])
  assert.deepEqual(columnOf(schema, 'gaps', 'n').range, { min: 20, max: 49 })
  assert.deepEqual(columnOf(schema, 'rest', 'n').range, { min: -2_147_483_648, max: 2_147_483_647 })
  assert.deepEqual(tableOf(schema, 'pair').otherChecks, ['PARTITION BY RANGE (a, b)'])
})

test('domains over types of the server, arrays of domains, deferred and missing keys', { skip }, async () => {
  const schema = await schemaOf(
    `CREATE DOMAIN address AS inet; CREATE DOMAIN code AS char(3) NOT NULL CHECK (VALUE IN ('a', 'b'));
     CREATE DOMAIN short_code AS code CHECK (length(VALUE) < 3);
     CREATE TABLE t (host address, codes code[], code short_code, at timestamp(0) with time zone DEFAULT now());
     CREATE UNIQUE INDEX ON t (coalesce(host, '127.0.0.1'), code) WHERE at IS NULL`,
  )
  const table = tableOf(schema, 't')
  assert.deepEqual(table.primaryKey, [])
  assert.deepEqual(table.uniques, [['host', 'code']])
  assert.equal(table.otherChecks?.length, 1)
  const host = columnOf(schema, 't', 'host')
  assert.deepEqual([host.type, host.declaredType, host.nullable], ['other', 'inet', true])
  const code = columnOf(schema, 't', 'code')
  assert.deepEqual([code.nullable, code.maxLength, code.allowedValues], [false, 2, ['a', 'b']])
  assert.deepEqual(columnOf(schema, 't', 'codes').element?.maxLength, 3)
})
