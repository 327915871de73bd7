import { describe, expect, test } from 'vitest'
import { checkManifests } from '../../src/check/check.ts'
import { clusterSecretMap, secretMap } from '../../src/check/secret-map.ts'
import { checkHtml, checkMarkdown } from '../../src/report/check/documents.ts'
import { checkGithub, checkJson, checkJunit, checkSarif } from '../../src/report/check/machine-formats.ts'
import { mapMermaid, mapSvg, mapText } from '../../src/report/check/secret-map.ts'
import { checkText } from '../../src/report/check/text.ts'
import { createPaint } from '../../src/report/text.ts'

const hostile = '<script>alert("x")</script> | **b** \u001b]0;t\u0007 ::error::'
const app = `apiVersion: v1
kind: Secret
metadata: { name: db }
stringData: { password: "t0p s3cret" }
---
apiVersion: v1
kind: Pod
metadata: { name: app }
spec:
  containers:
    - name: app
      image: nginx
      env:
        - name: PASSWORD
          valueFrom: { secretKeyRef: { name: db, key: passwrd } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: c, namespace: ${JSON.stringify(hostile)} }
`
const report = checkManifests([{ name: 'a,b:c.yaml', text: app }], { for: '30s' })

describe('reports of podsim check', () => {
  const all = {
    text: checkText(report, createPaint(false)).toString(),
    json: checkJson(report),
    junit: checkJunit(report),
    github: checkGithub(report),
    sarif: checkSarif(report, '0'),
    markdown: checkMarkdown(report),
    html: checkHtml(report),
  }

  test.each(Object.entries(all))('S6: %s tells the cause and its place, and no value', (_format, text) => {
    expect(text).toMatch(/has no key passwrd/)
    expect(text).not.toContain('t0p s3cret')
    expect(text).not.toContain('\u001b]')
  })

  test('the text begins with what does not start', () => {
    expect(all.text).toContain(`WILL NOT START (1)
  ✗ secret default/db has no key passwrd  a,b:c.yaml:15:55
    did you mean password?
    waits: pod default/app  CreateContainerConfigError  a,b:c.yaml:6:1
        container app, env PASSWORD
        Failed: Error: couldn't find key passwrd in Secret default/db
`)
  })

  test('GitHub reads one command a finding', () => {
    expect(all.github.split('\n')[1]).toBe(
      '::error file=a%2Cb%3Ac.yaml,line=15,col=55,title=check/secretKeyMissing::secret default/db has no key passwrd%0Adid you mean password?%0Awaits: pod default/app (CreateContainerConfigError)',
    )
    expect(all.github.split('\n').every((line) => line === '' || /^::(error|warning|notice) /.test(line))).toBe(true)
  })

  test('JUnit counts what does not start; SARIF names rules and places', () => {
    expect(all.junit).toContain('<testsuites tests="2" failures="2">')
    const sarif = JSON.parse(all.sarif)
    expect(sarif.runs[0].results[1]).toMatchObject({
      ruleId: 'check/secretKeyMissing',
      level: 'error',
      locations: [{ physicalLocation: { region: { startLine: 15, startColumn: 55 } } }],
    })
  })

  test('text from manifests is no mark-up', () => {
    expect(all.html).not.toContain('<script>')
    expect(all.markdown).not.toContain('**b**')
  })
})

describe('podsim graph', () => {
  const map = secretMap([{ name: 'a.yaml', text: app }])
  test('S3: shows which container takes which key of which Secret, and how', () => {
    expect(mapText(map, createPaint(false)).toString()).toBe(
      'secret default/db  password, passwrd\n└─ pod default/app: container app, env PASSWORD [passwrd]  (account default)\n',
    )
    expect(mapMermaid(map)).toContain('s0 -->|"container app, env PASSWORD [passwrd]"| u0')
    expect(mapSvg(map)).toContain(
      '<title>secret default/db, pod default/app: container app, env PASSWORD [passwrd]</title>',
    )
  })

  test('S3: the map of a running cluster names what made the Pods, and their nodes', () => {
    const node = (nodeName: string) => ({ nodeName, containers: [container] })
    const container = { name: 'c', image: 'nginx', envFrom: [{ secretRef: { name: 'db' } }] }
    const meta = (name: string, uid: string, ownerUid?: string) => ({
      name,
      uid,
      namespace: 'default',
      ...(ownerUid === undefined
        ? {}
        : { ownerReferences: [{ apiVersion: 'v1', kind: 'K', name: 'k', uid: ownerUid, controller: true }] }),
    })
    const deployed = { template: { spec: { serviceAccountName: 'web', containers: [container] } } }
    const objects = [
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta('web', '1'), spec: deployed },
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: meta('web-a', '2', '1'), spec: deployed },
      { apiVersion: 'v1', kind: 'Pod', metadata: meta('web-a-1', '3', '2'), spec: node('node-2') },
      { apiVersion: 'v1', kind: 'Pod', metadata: meta('web-a-2', '4', '2'), spec: node('node-1') },
      { apiVersion: 'v1', kind: 'Secret', metadata: meta('db', '5'), data: { key: '' } },
    ]
    expect(mapText(clusterSecretMap(objects), createPaint(false)).toString()).toBe(
      'secret default/db  key\n└─ deployment default/web: container c, envFrom  (account web, node-1, node-2)\n',
    )
  })
})
