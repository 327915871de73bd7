import { describe, expect, test } from 'vitest'
import { readManifestDocuments } from '../../../src/go/yaml/manifests.ts'

/** What three real kubectls (1.20.2, 1.32.3, 1.35.2) said of the same text. */
const map = (name: string) => `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}"}}`

describe('what begins as JSON and is none', () => {
  test.each([
    ['{bad', "json: line 0: invalid character 'b' looking for beginning of object key string"],
    ['{\n"a": 1,\n"b": tru\n}', "json: line 3: invalid character '\\n' in literal true (expecting 'e')"],
    [map('cut').slice(0, -1), 'unexpected EOF'],
  ])('up to v1.20 %j is refused with its line', (text, error) => {
    expect(readManifestDocuments(text, { brokenJson: 'refused by line' })).toEqual({ values: [], error })
  })

  test.each([
    ['{bad', 0, "json: offset 2: invalid character 'b' looking for beginning of object key string"],
    ['{"kind":"ConfigMap",}', 0, "json: offset 21: invalid character '}' looking for beginning of object key string"],
    [`${map('y1')} trailing`, 1, "json: offset 67: invalid character 'a' in literal true (expecting 'u')"],
    [`${map('y2')}\n---\na: b\n`, 1, "json: offset 66: invalid character '-' in numeric literal"],
    ["{'a': 1}", 0, "json: offset 2: invalid character '\\'' looking for beginning of object key string"],
    ['{\n"a": 1,\n"b": tru\n}', 0, "json: offset 19: invalid character '\\n' in literal true (expecting 'e')"],
    ['{\n "a": "x\ny"\n}', 0, "json: offset 11: invalid character '\\n' in string literal"],
  ])('up to v1.32 %j is refused with the number of bytes, after %i objects', (text, count, error) => {
    const found = readManifestDocuments(text, { brokenJson: 'refused by offset' })
    expect([found.values.length, found.error]).toEqual([count, error])
  })

  test.each([
    ['{apiVersion: v1, kind: ConfigMap, metadata: {name: flow}}', 1, undefined],
    [`${map('y2')}\n---\na: b\n`, 2, undefined],
    ["{'a': 1}", 1, undefined],
    ['{bad', 0, "json: offset 2: invalid character 'b' looking for beginning of object key string"],
    [`${map('a')}\n${map('b')}\n---\na: b\n`, 2, "invalid character '-' in numeric literal"],
  ])('from v1.33 on %j is read as YAML: %i objects', (text, count, error) => {
    const found = readManifestDocuments(text, { brokenJson: 'read as YAML' })
    expect([found.values.length, found.error]).toEqual([count, error])
  })
})
