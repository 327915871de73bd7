import { describe, expect, test } from 'vitest'
import { checkManifests } from '../../src/check/check.ts'
import type { ManifestFile } from '../../src/check/given.ts'
import { allStarts } from '../../src/check/report.ts'
import { findingsOf } from '../../src/report/check/findings.ts'
import { goodTree } from './good-tree.ts'

type FileName = 'secrets.yaml' | 'web.yaml' | 'jobs.yaml' | 'rights.yaml'

/** A mistake: in `file`, `from` is made `to`; it must be found as `rule` on the line of `at` (the mistake, if not given). */
interface Plant {
  readonly name: string
  readonly file: FileName
  readonly from: string
  readonly to: string
  readonly rule: string
  readonly at?: string
  readonly says?: string
}

const filesOf = (tree: Readonly<Record<string, string>>): readonly ManifestFile[] =>
  Object.entries(tree).map(([name, text]) => ({ name, text }))

function plant({ file, from, to }: Plant): readonly ManifestFile[] {
  const text = goodTree[file] ?? ''
  expect(text.split(from).length, `"${from}" stands once in ${file}`).toBeGreaterThan(1)
  return filesOf({ ...goodTree, [file]: text.replace(from, () => to) })
}

const large = 'x'.repeat(1_048_577)

const plants: readonly Plant[] = [
  // Missing.
  {
    name: 'E3 a name of a Secret, misspelt in env',
    file: 'web.yaml',
    from: 'name: db\n                  key: user',
    to: 'name: dbs\n                  key: user',
    at: 'name: dbs',
    rule: 'secretMissing',
    says: 'did you mean db?',
  },
  {
    name: 'E4 a key, misspelt in env',
    file: 'web.yaml',
    from: 'key: password',
    to: 'key: pasword',
    rule: 'secretKeyMissing',
    says: 'did you mean password?',
  },
  { name: 'E4 a key of another case', file: 'web.yaml', from: 'key: user', to: 'key: USER', rule: 'secretKeyMissing' },
  {
    name: 'L2 a name of a Secret, misspelt in a volume',
    file: 'web.yaml',
    from: 'secretName: web-tls',
    to: 'secretName: web-tsl',
    rule: 'secretMissing',
    says: 'web-tls',
  },
  {
    name: 'V4 an item that is no key',
    file: 'web.yaml',
    from: 'key: tls.crt',
    to: 'key: tls.pem',
    at: 'secretName: web-tls',
    rule: 'secretKeyMissing',
  },
  {
    name: 'E3 envFrom of an init container',
    file: 'web.yaml',
    from: 'secretRef:\n                name: seed',
    to: 'secretRef:\n                name: seeds',
    at: 'name: seeds',
    rule: 'secretMissing',
  },
  {
    name: 'L2 a projected Secret',
    file: 'web.yaml',
    from: '- secret:\n                  name: seed',
    to: '- secret:\n                  name: saat',
    at: 'name: saat',
    rule: 'secretMissing',
  },
  { name: 'L2 a Job', file: 'jobs.yaml', from: 'secretName: db', to: 'secretName: database', rule: 'secretMissing' },
  {
    name: 'E3 a CronJob, long before its time',
    file: 'jobs.yaml',
    from: 'name: seed',
    to: 'name: sead',
    rule: 'secretMissing',
  },
  {
    name: 'a ConfigMap',
    file: 'web.yaml',
    from: 'name: web-config\n                  key',
    to: 'name: web-configs\n                  key',
    at: 'name: web-configs',
    rule: 'configMapMissing',
  },
  {
    name: 'a key of a ConfigMap',
    file: 'web.yaml',
    from: 'key: level',
    to: 'key: levels',
    rule: 'configMapKeyMissing',
  },
  {
    name: 'R1 a Secret of another namespace',
    file: 'secrets.yaml',
    from: 'name: db\n',
    to: 'name: db\n  namespace: kube-system\n',
    rule: 'secretMissing',
    at: '-',
    says: 'namespace kube-system has one of that name',
  },
  {
    name: 'C2 a Secret that is not there at all',
    file: 'secrets.yaml',
    from: 'name: seed',
    to: 'name: other',
    rule: 'secretMissing',
    at: '-',
  },
  // Refused.
  {
    name: 'R2 a Secret over the limit',
    file: 'secrets.yaml',
    from: 'a few words',
    to: large,
    rule: 'refused',
    at: 'stringData',
    says: 'data: Too long: may not be more than 1048576 bytes',
  },
  {
    name: 'C6 a key with a blank',
    file: 'secrets.yaml',
    from: 'salt:',
    to: '"sa lt":',
    rule: 'refused',
    says: 'a valid config key must consist of',
  },
  {
    name: 'C7 a value that is no base64',
    file: 'secrets.yaml',
    from: 'YWRtaW4=',
    to: 'admin!',
    rule: 'refused',
    says: 'illegal base64 data',
  },
  {
    name: 'C2 a name in capitals',
    file: 'secrets.yaml',
    from: 'name: web-tls',
    to: 'name: Web_tls',
    rule: 'refused',
    says: 'a lowercase RFC 1123 subdomain',
  },
  {
    name: 'a namespace that is not there',
    file: 'rights.yaml',
    from: 'name: reader',
    to: 'name: reader\n  namespace: elsewhere',
    at: 'apiVersion',
    rule: 'refused',
    says: 'namespaces "elsewhere" not found',
  },
  {
    name: 'a selector that does not fit',
    file: 'web.yaml',
    from: 'labels:\n        app: web',
    to: 'labels:\n        app: wep',
    at: 'app: wep',
    rule: 'refused',
    says: '`selector` does not match template `labels`',
  },
  {
    name: 'a mount of no volume',
    file: 'web.yaml',
    from: '- name: all\n              mountPath',
    to: '- name: alle\n              mountPath',
    at: '- name: alle',
    rule: 'refused',
    says: 'Not found: "alle"',
  },
  {
    name: 'C6 a TLS Secret without its key',
    file: 'secrets.yaml',
    from: '  tls.key: a2V5\n',
    to: '',
    at: '  tls.crt',
    rule: 'refused',
    says: 'data[tls.key]: Required value',
  },
  {
    name: 'a tab in YAML',
    file: 'rights.yaml',
    from: '  name: reader',
    to: '\tname: reader',
    rule: 'unreadable',
    at: '\tname: reader',
  },
  {
    name: 'a document that is a list',
    file: 'rights.yaml',
    from: 'apiVersion: rbac',
    to: '- a\n---\napiVersion: rbac',
    at: '- a',
    rule: 'unreadable',
  },
  // Held up by other things.
  {
    name: 'P4 an account that is not there',
    file: 'web.yaml',
    from: 'serviceAccountName: web',
    to: 'serviceAccountName: wep',
    rule: 'podsRefused',
    says: 'serviceaccount "wep" not found',
  },
  {
    name: 'a node that is nowhere',
    file: 'web.yaml',
    from: 'serviceAccountName: web',
    to: 'serviceAccountName: web\n      nodeSelector: { disk: ssd }',
    at: 'serviceAccountName',
    rule: 'unschedulable',
  },
  {
    name: 'more cores than any node has',
    file: 'web.yaml',
    from: 'cpu: 100m',
    to: 'cpu: "100"',
    at: 'serviceAccountName',
    rule: 'unschedulable',
    says: 'Insufficient cpu',
  },
  {
    name: 'V5 files that the user cannot read',
    file: 'web.yaml',
    from: '        fsGroup: 2000\n',
    to: '',
    at: 'defaultMode',
    rule: 'unreadable files',
    says: 'user 1000 cannot read',
  },
  {
    name: 'an image whose name is none',
    file: 'web.yaml',
    from: 'image: nginx',
    to: 'image: NGINX',
    at: 'serviceAccountName',
    rule: 'imagePull',
  },
  // Starts, but.
  {
    name: 'a value that ends in a newline',
    file: 'secrets.yaml',
    from: 'YWRtaW4=',
    to: 'YWRtaW4K',
    rule: 'trailingNewline',
  },
  {
    name: 'a text that ends in a newline',
    file: 'secrets.yaml',
    from: '"a few words"',
    to: '|\n    a few words',
    at: 'salt',
    rule: 'trailingNewline',
  },
  {
    name: 'a value that was encoded twice',
    file: 'secrets.yaml',
    from: 'czNjcmV0IHBhc3M=',
    to: 'Y3pOamNtVjBJSEJoYzNNPQ==',
    rule: 'encodedTwice',
  },
  {
    name: 'C5 base64 under stringData',
    file: 'secrets.yaml',
    from: '"a few words"',
    to: 'YSBmZXcgd29yZHM=',
    rule: 'encodedTwice',
  },
  {
    name: 'C7 line ends inside base64',
    file: 'secrets.yaml',
    from: 'password: czNjcmV0IHBhc3M=',
    to: 'password: |-\n    czNjcmV0\n    IHBhc3M=',
    at: 'password: |-',
    rule: 'newlinesInBase64',
  },
  {
    name: 'V5 a mode in decimal digits',
    file: 'web.yaml',
    from: 'defaultMode: 0400',
    to: 'defaultMode: 400',
    rule: 'decimalMode',
    says: 'files get mode 0620',
  },
  {
    name: 'a Secret that nothing uses',
    file: 'secrets.yaml',
    from: 'name: seed\nstringData',
    to: 'name: seed\nstringData: { a: b }\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: left-over\nstringData',
    at: '-',
    rule: 'unusedSecret',
  },
  {
    name: 'a key that nothing reads',
    file: 'secrets.yaml',
    from: '  tls.crt: Y2VydA==',
    to: '  tls.crt: Y2VydA==\n  ca.crt: Y2E=',
    at: 'ca.crt',
    rule: 'keyNeverRead',
  },
  {
    name: 'I2 an immutable Secret',
    file: 'secrets.yaml',
    from: 'name: seed\n',
    to: 'name: seed\nimmutable: true\n',
    at: 'immutable',
    rule: 'immutable',
  },
  {
    name: 'E1 a password in the manifest',
    file: 'web.yaml',
    from: '- name: LEVEL',
    to: '- name: ADMIN_PASSWORD\n              value: hunter2\n            - name: LEVEL',
    at: 'value: hunter2',
    rule: 'plainText',
  },
  {
    name: 'S4 list on Secrets',
    file: 'rights.yaml',
    from: '    resourceNames: [db]\n    verbs: [get]',
    to: '    verbs: [get, list]',
    at: 'verbs',
    rule: 'secretRights',
  },
  {
    name: 'S4 everything on everything',
    file: 'rights.yaml',
    from: '    resources: [secrets]\n    resourceNames: [db]\n    verbs: [get]',
    to: "    resources: ['*']\n    verbs: ['*']",
    at: 'verbs',
    rule: 'secretRights',
  },
  {
    name: 'P1 a pull Secret of the wrong type',
    file: 'secrets.yaml',
    from: 'type: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson',
    to: 'type: Opaque\ndata:\n  config.json',
    rule: 'wrongPullType',
    at: '-',
  },
  {
    name: 'E3 an optional Secret that is absent',
    file: 'web.yaml',
    from: 'secretRef:\n                name: seed',
    to: 'secretRef:\n                optional: true\n                name: later',
    at: 'name: later',
    rule: 'optionalAbsent',
  },
  {
    name: 'U4 a subPath',
    file: 'web.yaml',
    from: 'mountPath: /etc/all',
    to: 'mountPath: /etc/all\n              subPath: salt',
    at: '                  name: seed',
    rule: 'neverFollows',
    says: 'subPath mount at /etc/all',
  },
]

/** Rules of causes that have another name than their finding. */
const ruleNames: Readonly<Record<string, string>> = { 'unreadable files': 'unreadable' }

describe('podsim check', () => {
  test('finds nothing to mend in the good tree', () => {
    const report = checkManifests(filesOf(goodTree), { for: '3m' })
    expect(findingsOf(report).filter(({ level }) => level !== 'note')).toEqual([])
    expect(allStarts(report)).toBe(true)
    expect(report.started.map(({ workload }) => workload)).toEqual([
      'deployment default/web',
      'job default/migrate',
      'cronjob default/report',
    ])
  })

  test.each(plants)('finds $name', (planted) => {
    const files = plant(planted)
    const findings = findingsOf(checkManifests(files, { for: '1m' }))
    const rule = `check/${ruleNames[planted.rule] ?? planted.rule}`
    const found = findings.filter((finding) => finding.rule === rule)
    expect(findings.map((finding) => finding.rule)).toContain(rule)
    const text = found.map(({ message }) => message).join('\n')
    if (planted.says !== undefined) expect(text).toContain(planted.says)
    expect(text).not.toMatch(/hunter2|s3cret pass|a few words/)
    if (planted.at === '-') return
    const mark = planted.at ?? planted.to
    const own = files.find(({ name }) => name === planted.file)?.text ?? ''
    const lines = own.split('\n').flatMap((line, i) => (line.includes(mark.split('\n')[0] ?? '') ? [i + 1] : []))
    expect(found.filter(({ place }) => place.file === planted.file && lines.includes(place.line))).not.toEqual([])
  })
})
