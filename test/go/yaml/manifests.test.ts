import { describe, expect, test } from 'vitest'
import { readManifestDocuments } from '../../../src/go/yaml/manifests.ts'

describe('C5 documents of a manifest are told apart as kubectl tells them', () => {
  test('a block of text at the end of a file has its newline, with and without one in the file', () => {
    for (const end of ['', '\n', '\r\n'])
      expect(readManifestDocuments(`a: |\n  x${end}`).values).toEqual([{ a: 'x\n' }])
  })

  test('line ends of Windows are plain ones', () => {
    expect(readManifestDocuments('a: |\r\n  x\r\n  y\r\n---\r\nb: 1\r\n').values).toEqual([{ a: 'x\ny\n' }, { b: 1 }])
  })

  test('a comment may follow a mark, other things not; before v1.22 only blanks make one', () => {
    expect(readManifestDocuments('a: 1\n---#x\nb: 2\n--- # y\nc: 3\n').values).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }])
    // What stood before the wrong mark is lost with it, as in the real reader.
    expect(readManifestDocuments('a: 1\n--- x\nb: 2\n')).toEqual({
      values: [],
      error: 'invalid Yaml document separator: x',
    })
    expect(readManifestDocuments('a: 1\n--- # y\nb: 2\n', { onlyBareMarks: true }).values).toEqual([{ a: 1 }])
  })
})
