import { type JsonObject, objectAt, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import { kubectl } from '../../versions/kubectl.ts'
import type { Call, Command } from '../cli/command.ts'
import { CommandFailure, fail } from '../cli/failure.ts'
import { int, required, string, strings } from '../cli/flags.ts'
import type { Session } from '../cli/session.ts'
import { select } from '../resource/select.ts'
import { emptyTimestamp, failsAs, madeMetadata, makeCommand, nameFrom, sendMade } from './create-kit.ts'
import { suffix } from './debug-pods.ts'

/** Source: kubectl pkg/cmd/create/create_deployment.go, create_job.go, create_cronjob.go. */

export const createDeployment = makeCommand({
  name: 'deployment',
  aliases: ['deploy', 'dep'],
  short: 'Create a deployment with the specified name.',
  flags: [required(strings('image')), int('replicas', '1', 'r'), int('port', '-1')],
  failurePrefix: failsAs('deployment', kubectl.wrapsWorkloadErrors),
  make: deployment,
})

function deployment(call: Call, name: string): JsonObject {
  const { session, flags } = call
  const images = flags.list('image')
  if (images.length === 0) fail('at least one image must be specified')
  const port = flags.int('port')
  const labels = { app: name }
  const command = commandAfterName(call)
  if (images.length > 1 && command.length > 0) fail('cannot specify multiple --image options and command')
  return {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: madeMetadata(session, name, true, { labels }),
    spec: {
      replicas: flags.int('replicas'),
      selector: { matchLabels: labels },
      template: {
        metadata: { ...emptyTimestamp(session), labels },
        spec: {
          containers: images.map((image) => ({
            name: containerName(session, image),
            image,
            ...(command.length === 0 ? {} : { command }),
            ...(port > 0 ? { ports: [{ containerPort: port }] } : {}),
            resources: {},
          })),
        },
      },
      strategy: {},
    },
    status: {},
  }
}

/** Source: create_deployment.go, buildPodSpec. */
function containerName(session: Session, image: string): string {
  const last = image.split('/').at(-1) ?? ''
  const bare = (last.split(':')[0] ?? '').split('@')[0] ?? ''
  return /[_.]/.test(bare) ? `${bare.replace(/[_.]/g, '-')}-${suffix(session)}` : bare
}

function commandAfterName(call: Call): readonly string[] {
  return call.args.slice(1)
}

export const createJob: Command = {
  ...makeCommand({
    name: 'job',
    short: 'Create a job with the specified name.',
    flags: [string('image'), string('from')],
    make: () => ({}),
  }),
  *run(call) {
    const { session, flags } = call
    const name = nameFrom(call, !session.version.oneNameOnly)
    const [image, from] = [flags.string('image'), flags.string('from')]
    if ((image === '') === (from === '')) fail('either --image or --from must be specified')
    const command = commandAfterName(call)
    if (command.length > 0 && from !== '') fail('cannot specify --from and command')
    const made = from === '' ? job(call, name, image, command) : yield* jobFrom(call, name, from)
    return yield* sendMade(call, made, 'failed to create job: ')
  },
}

function job(call: Call, name: string, image: string, command: readonly string[]): JsonObject {
  const { session } = call
  return {
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: madeMetadata(session, name, true),
    spec: { template: template(call, name, image, command, 'Never') },
    status: {},
  }
}

function template(
  call: Call,
  name: string,
  image: string,
  command: readonly string[],
  restartPolicy: string,
): JsonObject {
  const container = { name, image, ...(command.length === 0 ? {} : { command }), resources: {} }
  return { metadata: emptyTimestamp(call.session), spec: { containers: [container], restartPolicy } }
}

/** Source: create_job.go, createJobFromCronJob. */
function* jobFrom(call: Call, name: string, from: string): Steps<JsonObject> {
  const { session } = call
  const { entries } = yield* select(session, { args: [from] })
  const [entry] = entries
  if (entry?.ok === false) throw new CommandFailure(entry.failure)
  if (entry === undefined || entries.length > 1) return fail('from must be an existing cronjob')
  const cronJob = entry.info.object
  const version = textAt(cronJob, 'apiVersion')
  if (textAt(cronJob, 'kind') !== 'CronJob') {
    fail(
      session.version.cronJobsV1Only
        ? `unknown object type *${version.split('/').at(-1)}.${textAt(cronJob, 'kind')}`
        : 'from must be an existing cronjob',
    )
  }
  if (session.version.cronJobsV1Only && version !== 'batch/v1')
    fail(`unknown object type *${version.split('/').at(-1)}.CronJob`)
  const jobTemplate = objectAt(cronJob, 'spec', 'jobTemplate')
  const owner = {
    apiVersion: session.version.jobsBelongToBatch ? version : 'apps/v1',
    kind: 'CronJob',
    name: textAt(cronJob, 'metadata', 'name'),
    uid: textAt(cronJob, 'metadata', 'uid'),
    controller: true,
    ...(session.version.jobsBelongToBatch ? {} : { blockOwnerDeletion: true }),
  }
  const labels = objectAt(jobTemplate, 'metadata', 'labels')
  return {
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: {
      name,
      ...emptyTimestamp(session),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      annotations: {
        'cronjob.kubernetes.io/instantiate': 'manual',
        ...objectAt(jobTemplate, 'metadata', 'annotations'),
      },
      ownerReferences: [owner],
    },
    spec: objectAt(jobTemplate, 'spec'),
    status: {},
  }
}

export const createCronJob: Command = {
  ...makeCommand({
    name: 'cronjob',
    aliases: ['cj'],
    short: 'Create a cronjob with the specified name.',
    flags: [required(string('image')), required(string('schedule')), string('restart')],
    make: () => ({}),
  }),
  *run(call) {
    const { session, flags } = call
    const name = nameFrom(call, !session.version.oneNameOnly)
    if (flags.string('image') === '') fail('--image must be specified')
    if (flags.string('schedule') === '') fail('--schedule must be specified')
    const restart = flags.string('restart') || 'OnFailure'
    const made = {
      kind: 'CronJob',
      apiVersion: session.version.makesCronJobsV1 ? 'batch/v1' : 'batch/v1beta1',
      metadata: madeMetadata(session, name, true),
      spec: {
        schedule: flags.string('schedule'),
        jobTemplate: {
          metadata: { name, ...emptyTimestamp(session) },
          spec: { template: template(call, name, flags.string('image'), commandAfterName(call), restart) },
        },
      },
      status: {},
    }
    return yield* sendMade(call, made, 'failed to create cronjob: ')
  },
}
