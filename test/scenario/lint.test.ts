import { describe, expect, test } from 'vitest'
import { findScenarioFiles, readScenarioFile } from '../../src/cli/scenario-files.ts'
import { loadScenario } from '../../src/scenario/load.ts'

/** Mistakes planted in scenarios that load: each is warned of at its place; the shipped ones have none. */

function warned(text: string): readonly string[] {
  const loaded = loadScenario(text, 'x.yaml', { readBeside: () => undefined })
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('\n'))
  return loaded.warnings.map(({ code, range: [from, to], suggestion }) => {
    const at = text.slice(from, to).trim()
    return `${code} ${at}${suggestion === undefined ? '' : ` -> ${suggestion}`}`
  })
}

const create = '  - kubectl: create secret generic db --from-literal=password=x --from-literal=user=y\n'
const pod = (spec: string) =>
  `  - apply: {apiVersion: v1, kind: Pod, metadata: {name: app}, spec: {containers: [{name: a, image: nginx${spec}}]}}\n`
const volume = (source: string) => pod(`}], volumes: [{name: v, ${source}`).replace('}]}}\n', '}]}}\n')
const secret = (values: string) => `  - apply: {apiVersion: v1, kind: Secret, metadata: {name: db}, ${values}}\n`
const text = (body: string) =>
  `  - apply: |\n${body
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n')}\n`
const env = (ref: string) => pod(`, env: [{name: P, valueFrom: {secretKeyRef: {${ref}}}}]`)

/** Steps, and what is warned of them: the code, what it is about, and what may have been meant. */
const planted: readonly (readonly [title: string, steps: string, warnings: readonly string[]])[] = [
  [
    'a misspelt key of a variable',
    create + env('name: db, key: pasword'),
    ['UNKNOWN_SECRET_KEY pasword -> "password"'],
  ],
  ['a key in other letters', create + env('name: db, key: PASSWORD'), ['UNKNOWN_SECRET_KEY PASSWORD -> "password"']],
  ['a key that is far from any', create + env('name: db, key: certificate'), ['UNKNOWN_SECRET_KEY certificate']],
  [
    'a misspelt key of an item',
    create + volume('secret: {secretName: db, items: [{key: usr, path: u}]}'),
    ['UNKNOWN_SECRET_KEY usr -> "user"'],
  ],
  [
    'a misspelt key of a projected item',
    create + volume('projected: {sources: [{secret: {name: db, items: [{key: usr, path: u}]}}]}'),
    ['UNKNOWN_SECRET_KEY usr -> "user"'],
  ],
  [
    'a key that a manifest does not have',
    secret('stringData: {token: a}') + env('name: db, key: tokn'),
    ['UNKNOWN_SECRET_KEY tokn -> "token"'],
  ],
  [
    'a key that data does not have',
    secret('data: {token: YQ==}') + env('name: db, key: tokens'),
    ['UNKNOWN_SECRET_KEY tokens -> "token"'],
  ],
  [
    'a key that neither of both manifests has',
    secret('stringData: {a: x}') + secret('stringData: {b: x}') + env('name: db, key: c'),
    ['UNKNOWN_SECRET_KEY c -> "a"'],
  ],
  ['a misspelt Secret of a variable', create + env('name: bd, key: user'), ['UNKNOWN_SECRET bd -> "db"']],
  [
    'a misspelt Secret of a volume',
    `  - kubectl: create secret generic database --from-literal=a=b\n${volume('secret: {secretName: databse}')}`,
    ['UNKNOWN_SECRET databse -> "database"'],
  ],
  [
    'a misspelt Secret of all variables',
    '  - kubectl: create secret generic database --from-literal=a=b\n' +
      pod(', envFrom: [{secretRef: {name: databases}}]'),
    ['UNKNOWN_SECRET databases -> "database"'],
  ],
  [
    'a misspelt Secret of a projected volume',
    '  - kubectl: create secret generic database --from-literal=a=b\n' +
      volume('projected: {sources: [{secret: {name: datbase}}]}'),
    ['UNKNOWN_SECRET datbase -> "database"'],
  ],
  ['a Secret that nobody creates', pod(', envFrom: [{secretRef: {name: db}}]'), ['UNKNOWN_SECRET db']],
  [
    'a Secret of a Deployment that nobody creates',
    '  - apply: {apiVersion: apps/v1, kind: Deployment, metadata: {name: w}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: n, envFrom: [{secretRef: {name: db}}]}]}}}}\n',
    ['UNKNOWN_SECRET db'],
  ],
  [
    'a misspelt Secret in a text',
    create +
      text(
        'apiVersion: v1\nkind: Pod\nmetadata: {name: app}\nspec:\n  containers: [{name: a, image: nginx}]\n  volumes: [{name: v, secret: {secretName: dbs}}]',
      ),
    ['UNKNOWN_SECRET dbs -> "db"'],
  ],
  ['a value that is no base64', secret('data: {a: "s3cret!"}'), ['BAD_SECRET_VALUE "s3cret!"']],
  ['plain text that could be base64, but for its length', secret('data: {a: hello}'), ['BAD_SECRET_VALUE hello']],
  ['base64 of a line with its end', secret('data: {a: c2VjcmV0Cg==}'), ['BAD_SECRET_VALUE c2VjcmV0Cg==']],
  ['a text with a line end', secret('stringData: {a: "secret\\n"}'), ['BAD_SECRET_VALUE "secret\\n"']],
  [
    'a block of one line',
    text('apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData:\n  a: |\n    secret'),
    ['BAD_SECRET_VALUE a:'],
  ],
  ['base64 with line ends inside', secret('data: {a: "c2Vj\\ncmV0"}'), ['NEWLINES_IN_VALUE "c2Vj\\ncmV0"']],
  [
    'a mode that is decimal',
    create + volume('secret: {secretName: db, defaultMode: 400}'),
    ['OCTAL_MODE 400 -> 0o400'],
  ],
  [
    'a mode with a leading nought',
    create + volume('secret: {secretName: db, defaultMode: 0440}'),
    ['OCTAL_MODE 0440 -> 0o440'],
  ],
  [
    'a mode of an item',
    create + volume('secret: {secretName: db, items: [{key: user, path: u, mode: 600}]}'),
    ['OCTAL_MODE 600 -> 0o600'],
  ],
  [
    'a lesson that asks nothing',
    '  - kubectl: get pods\nlesson: {watch: the Pod, next: try it}\n',
    ['NO_QUESTION lesson'],
  ],
  ['a Pod that nobody creates', `${pod('')}    expect: {pod: ap, ready: true}\n`, ['UNREACHABLE ap -> "app"']],
  ['a wait for a Pod that nobody creates', `${pod('')}  - wait: {pod: web, ready: true}\n`, ['UNREACHABLE web']],
  [
    'the second of two expectations',
    `${pod('')}    expect: [{pod: app}, {pod: apps}]\n`,
    ['UNREACHABLE apps -> "app"'],
  ],
  ['an absolute path', '  - kubectl: apply -f /home/me/m.yaml\n', ['MISSING_FILE apply -f /home/me/m.yaml']],
  [
    'an absolute folder of a kustomization',
    '  - kubectl: apply -k /home/me/overlay\n',
    ['MISSING_FILE apply -k /home/me/overlay'],
  ],
  ['a parameter that nothing asks for', '  - say: a\nparams: {ttl: 5}\n', ['UNUSED ttl']],
  ['a matrix that nothing asks for', '  - say: a\nmatrix: {strategy: [Watch, Get]}\n', ['UNUSED strategy']],
  ['a template that nothing uses', '  - say: a\ntemplates: {rotate: {steps: [{say: b}]}}\n', ['UNUSED rotate']],
  ['a capture that nothing asks for', '  - kubectl: get pods\n    capture: {seen: stdout}\n', ['UNUSED seen']],
]

/** What looks like a mistake and is none. */
const good: readonly (readonly [title: string, steps: string])[] = [
  ['a Secret that may be missing', pod(', envFrom: [{secretRef: {name: db, optional: true}}]')],
  [
    'a Secret whose keys come from a file',
    `  - kubectl: create secret generic db --from-file=a.txt\n${env('name: db, key: a.txt')}`,
  ],
  [
    'a Secret that a script makes',
    '  - run: for i in 1 2; do kubectl create secret generic db$i --from-literal=a=b; done\n' +
      env('name: db1, key: a'),
  ],
  [
    'a Secret that is missed on purpose',
    pod(', envFrom: [{secretRef: {name: db}}]') +
      '    expect: {event: Failed, message: secret "db" not found, within: 5s}\n',
  ],
  [
    'a Secret that gets a key later',
    `${create}  - kubectl: patch secret db -p '{"stringData":{"more":"x"}}'\n${env('name: db, key: more')}`,
  ],
  ['a certificate ends in a line end', secret('stringData: {a: "-----BEGIN\\nX\\n-----END\\n"}')],
  [
    'a Pod of a Deployment',
    '  - kubectl: create deployment web --image=nginx\n  - wait: {pod: web-1, exists: false}\n',
  ],
  ['a Pod of a StatefulSet', '  - kubectl: create deployment web --image=nginx\n  - wait: {pod: web-0, ready: true}\n'],
  ['a Pod that must never be', `${pod('')}    expect: {pod: other, never: 5s}\n`],
  ['a mode in octal', create + volume('secret: {secretName: db, defaultMode: 0o400}')],
]

describe('lint', () => {
  test('knows more than 30 mistakes', () => {
    expect(planted.length).toBeGreaterThan(30)
  })

  test.each(planted)('%s', (_title, steps, warnings) => {
    expect(warned(`title: x\nsteps:\n${steps}`)).toEqual(warnings)
  })

  test.each(good)('%s is good', (_title, steps) => {
    expect(warned(`title: x\nsteps:\n${steps}`)).toEqual([])
  })

  test('a mistake in a file beside the scenario is told with its name', () => {
    const bytes = new TextEncoder().encode(
      '{apiVersion: v1, kind: Secret, metadata: {name: db}, data: {a: c2VjcmV0Cg==}}',
    )
    const loaded = loadScenario('title: x\nsteps: [{kubectl: apply -f m/s.yaml}]\n', 'x.yaml', {
      readBeside: (name) => (name === 'm/s.yaml' ? bytes : undefined),
    })
    expect(loaded.ok ? loaded.warnings.map(({ message }) => message) : loaded.errors).toEqual([
      expect.stringMatching(/^m\/s\.yaml: the value of "a" ends in a line end/),
    ])
  })

  test.each(findScenarioFiles(['scenarios']).files)('%s has none but what it shows', (file) => {
    const { loaded } = readScenarioFile(file)
    const shown: Readonly<Record<string, number>> = {
      'scenarios/creating/refused.yaml': 1,
      'scenarios/course/02-making/4-what-is-refused.yaml': 1,
    }
    expect(loaded.ok ? loaded.warnings.map(({ message }) => message).length : undefined).toBe(shown[file] ?? 0)
  })
})
