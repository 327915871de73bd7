import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readScenarioFile } from '../../src/cli/scenario-files.ts'

describe('a scenario file that is read again', () => {
  let folder = ''
  let file = ''

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'podsim-'))
    file = join(folder, 'one.yaml')
    mkdirSync(join(folder, 'm'))
    writeFileSync(join(folder, 'm/secret.yaml'), secret('old'))
    writeFileSync(file, scenario('One'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const content = () => {
    const { loaded } = readScenarioFile(file)
    return loaded.ok ? Object.values(loaded.value[0].files).map((each) => String(each)) : []
  }

  test('is what it was while nothing has changed', () => {
    expect(readScenarioFile(file)).toBe(readScenarioFile(file))
  })

  test('is loaded anew when its text is another', () => {
    readScenarioFile(file)
    writeFileSync(file, scenario('Two'))
    const { loaded } = readScenarioFile(file)
    expect(loaded.ok && loaded.value[0].title).toBe('Two')
  })

  test('is loaded anew when a file beside it changed, came or went', () => {
    const first = readScenarioFile(file)
    writeFileSync(join(folder, 'm/secret.yaml'), secret('new'))
    const second = readScenarioFile(file)
    expect(second).not.toBe(first)
    writeFileSync(join(folder, 'm/other.yaml'), secret('more'))
    const third = readScenarioFile(file)
    expect(third).not.toBe(second)
    expect(content()).toHaveLength(2)
    rmSync(join(folder, 'm'), { recursive: true })
    expect(readScenarioFile(file)).not.toBe(third)
  })

  test('is loaded anew for other values of its variables', () => {
    writeFileSync(file, `params: { name: web }\n${scenario(`of ${opening} name }}`)}`)
    const title = (name: string) => {
      const { loaded } = readScenarioFile(file, { name })
      return loaded.ok ? loaded.value[0].title : ''
    }
    expect([title('a'), title('b'), title('a')]).toEqual(['of a', 'of b', 'of a'])
  })
})

/** Of a variable, in two pieces: it is no template of this file. */
const opening = '$' + '{{'

const secret = (value: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { password: ${value} }\n`

const scenario = (title: string) => `title: ${title}\nsteps:\n  - kubectl: apply -f m/\n`
