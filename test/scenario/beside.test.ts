import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readScenarioFile } from '../../src/cli/scenario-files.ts'
import { createSim } from '../../src/index.ts'
import { runScenario } from '../../src/scenario/run.ts'

/** Files and folders beside a scenario. */

const root = mkdtempSync(join(tmpdir(), 'podsim-beside-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, text: string): string {
  const full = join(root, path)
  mkdirSync(dirname(full), { recursive: true })
  writeFileSync(full, text)
  return full
}

const secret = (name: string) => `apiVersion: v1\nkind: Secret\nmetadata: { name: ${name} }\nstringData: { a: b }\n`

write('app/m/a.yaml', secret('one'))
write('app/m/deep/b.yaml', secret('two'))
write('app/base/kustomization.yaml', 'resources: [secret.yaml]\n')
write('app/base/secret.yaml', secret('base'))
write(
  'app/overlays/prod/kustomization.yaml',
  'namePrefix: prod-\nbases: [../../base]\nsecretGenerator: [{ name: made, files: [key=../../keys/key.pem] }]\n',
)
write('app/overlays/plain/kustomization.yaml', 'namePrefix: plain-\nbases: [../../base]\n')
write('app/keys/key.pem', 'PEM')
write('outside.yaml', secret('outside'))
write('outside/x.yaml', secret('outside'))
symlinkSync('../outside.yaml', join(root, 'app/link.yaml'))
symlinkSync('../../outside', join(root, 'app/m/far'))
symlinkSync('..', join(root, 'app/m/circle'))

function load(steps: string) {
  const { loaded } = readScenarioFile(write('app/x.yaml', `title: x\n${steps}`))
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('\n'))
  return { scenario: loaded.value[0], warnings: loaded.warnings.map(({ message }) => message) }
}

const filesOf = (steps: string) => Object.keys(load(steps).scenario.files).sort()

describe('what a command names', () => {
  test.each([
    ['steps: [{kubectl: apply -f m/}]', ['m/a.yaml', 'm/deep/b.yaml']],
    ['steps: [{kubectl: apply -R -f ./m}]', ['m/a.yaml']],
    ['steps: [{kubectl: apply -f m/a.yaml}]', ['m/a.yaml']],
    ['steps: [{run: cat keys/key.pem}]', ['keys/key.pem']],
    ['steps: [{kubectl: create secret generic x --from-file=tls=keys/key.pem}]', ['keys/key.pem']],
    ['steps: [{kubectl: create secret generic x --from-file=keys}]', ['keys/key.pem']],
    ['files: keys\nsteps: [{kubectl: get pods}]', ['keys/key.pem']],
    ['files: [keys, m/a.yaml]\nsteps: [{kubectl: get pods}]', ['keys/key.pem', 'm/a.yaml']],
    ['files: { k: { from: keys } }\nsteps: [{kubectl: get pods}]', ['k/key.pem']],
  ])('%s', (steps, files) => {
    expect(filesOf(steps)).toEqual(expect.arrayContaining(files))
  })

  test.each([
    'steps: [{kubectl: apply -f ../outside.yaml}]',
    'steps: [{kubectl: apply -f m/../../outside.yaml}]',
    'steps: [{kubectl: apply -f link.yaml}]',
    'steps: [{kubectl: apply -f m/far}]',
    'steps: [{kubectl: get pods}]',
    `steps: [{kubectl: apply -f ${root}/app/m/a.yaml}]`,
  ])('nothing above the folder, by no path and no link: %s', (steps) => {
    expect(filesOf(steps).filter((path) => /outside|x\.yaml/.test(path))).toEqual([])
    expect(filesOf(steps).some((path) => path.includes('..'))).toBe(false)
  })

  test('an overlay brings its bases and the files of its generators', () => {
    expect(filesOf('steps: [{kubectl: apply -k overlays/prod}]')).toEqual([
      'base/kustomization.yaml',
      'base/secret.yaml',
      'keys/key.pem',
      'overlays/prod/kustomization.yaml',
    ])
  })

  test('runs: folders are applied, kustomizations are built', () => {
    const { scenario } = load(`steps:
  - kubectl: apply -f m/a.yaml
  - kubectl: apply -k overlays/plain
  - say: all of them
    expect: [{ object: secret/one }, { object: secret/plain-base }, { objects: secrets, count: ">=3" }]
`)
    expect(runScenario(scenario, { createSim }).outcome).toBe('passed')
  })

  test('an absolute path gets a hint', () => {
    expect(load('steps: [{kubectl: apply -f /etc/m/a.yaml}]').warnings).toEqual([
      '"/etc/m/a.yaml" is an absolute path: a scenario has a working directory of its own, with the files beside it; write a path from there, such as "a.yaml"',
    ])
  })
})
