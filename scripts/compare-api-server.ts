import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { parseArgs } from 'node:util'
import { parseAllDocuments } from 'yaml'
import { createSim, type SimOptions } from '../src/index.ts'
import { type Case, creations, type JsonMap, updates } from './compare-api-server/cases.ts'
import { differencesOf, type Told } from './compare-api-server/differences.ts'

/**
 * `npm run compare:apiserver -- --server URL --token TOKEN --version v1.23 [--only TEXT] [--updates] [--answers FILE]`: sends a real API server and podsim
 * some 23,000 creates (with `--updates` changes of what was created), each an object of some kind with one place changed, all
 * with `dryRun=All`, and tells how the answers differ, the commonest difference first. `--only` takes paths that have the text. What the
 * real one answered is kept in the file of `--answers`, a line for each request, and not asked again.
 *
 * The server is one to be thrown away, without controllers, whose namespace `default` has its account `default`; `--updates` leaves
 * objects in it. CONTRIBUTING.md tells what it is started with.
 */
const { values } = parseArgs({
  options: {
    server: { type: 'string', default: 'https://127.0.0.1:6443' },
    token: { type: 'string', default: '' },
    version: { type: 'string', default: 'v1.23' },
    only: { type: 'string', default: '' },
    updates: { type: 'boolean', default: false },
    answers: { type: 'string', default: '' },
  },
})
const agent = new Agent({ keepAlive: true, maxSockets: 4, rejectUnauthorized: false })

/** What the file of `--answers` has: the answer to each request, by method, path, type and body. */
const kept = new Map<string, Told>()
if (existsSync(values.answers))
  for (const line of readFileSync(values.answers, 'utf8').split('\n')) {
    if (line === '') continue
    const [key, told]: [string, Told] = JSON.parse(line)
    kept.set(key, told)
  }

async function ask(method: string, path: string, type: string, body: string | undefined): Promise<Told> {
  const key = [method, path, type, body].join(' ')
  const known = kept.get(key)
  if (known !== undefined) return known
  const told = await send(method, path, type, body)
  if (values.answers !== '') appendFileSync(values.answers, `${JSON.stringify([key, told])}\n`)
  return told
}

function send(method: string, path: string, type: string, body: string | undefined): Promise<Told> {
  const headers = {
    authorization: `Bearer ${values.token}`,
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': type }),
  }
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, values.server), { method, agent, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (piece: string) => {
        text += piece
      })
      answer.on('end', () => resolve({ code: answer.statusCode ?? 0, body: text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const sim = createSim({ version: values.version as SimOptions['version'] & string, nodes: 1 }) // refused in words where it is none
sim.runFor('30s')

function askPodsim(method: string, path: string, type: string, body: string): Told {
  const answer = sim.request({
    method,
    path,
    user: 'admin',
    groups: ['system:masters', 'system:authenticated'],
    contentType: type,
    body,
  })
  return 'read' in answer ? { code: 0, body: 'a stream' } : answer
}

interface Kind {
  readonly path: string
  readonly object: JsonMap & { readonly metadata?: { readonly name?: string } }
}

/** Objects with the path of their kind, as the server's discovery has it; those that it does not serve are left out. */
async function kinds(): Promise<readonly Kind[]> {
  const file = readFileSync(new URL('compare-api-server/objects.yaml', import.meta.url), 'utf8')
  const found: Kind[] = []
  for (const document of parseAllDocuments(file)) {
    const object: Kind['object'] = document.toJS()
    const path = await pathOf(object)
    if (path?.includes(values.only) === true) found.push({ path, object })
  }
  return found
}

async function pathOf({ apiVersion, kind, metadata }: Kind['object']): Promise<string | undefined> {
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${String(apiVersion)}`
  const { code, body } = await ask('GET', root, '', undefined)
  if (code !== 200) return undefined
  const list: { resources: { name: string; kind: string; namespaced: boolean }[] } = JSON.parse(body)
  const info = list.resources.find((each) => each.kind === kind && !each.name.includes('/'))
  if (info === undefined) return undefined
  const namespace = Reflect.get(Object(metadata), 'namespace') ?? 'default'
  return info.namespaced ? `${root}/namespaces/${String(namespace)}/${info.name}` : `${root}/${info.name}`
}

/** How often each difference was seen, and where first. */
const seen = new Map<string, { count: number; readonly where: string }>()
let asked = 0
let differing = 0

async function compareOne(path: string, { method, type, body, what }: Case): Promise<void> {
  const text = JSON.stringify(body)
  const real = await ask(method, `${path}?dryRun=All`, type, text)
  const found = differencesOf(real, askPodsim(method, `${path}?dryRun=All`, type, text))
  asked++
  if (found.length > 0) differing++
  for (const line of found) {
    const known = seen.get(line) ?? { count: 0, where: `${method} ${path} ${what}` }
    known.count++
    seen.set(line, known)
  }
}

for (const { path, object } of await kinds()) {
  const name = object.metadata?.name
  if (!values.updates) for (const each of creations(object)) await compareOne(path, each)
  if (!values.updates || name === undefined) continue
  for (const create of [ask, askPodsim]) await create('POST', path, 'application/json', JSON.stringify(object))
  for (const each of updates(object)) await compareOne(`${path}/${name}`, each)
}
agent.destroy()
for (const [line, { count, where }] of [...seen].sort(([, a], [, b]) => b.count - a.count))
  process.stdout.write(`${count}x ${line}\n      ${where}\n`)
process.stdout.write(`${differing} of ${asked} answers differ, in ${seen.size} ways\n`)
