import { describe, expect, test } from 'vitest'
import type { Job } from '../../src/api/types/workload-specs.ts'
import { resources } from '../../src/client/client.ts'
import { parseSchedule } from '../../src/go/cron.ts'
import { parseRfc3339, rfc3339 } from '../../src/kernel/calendar.ts'
import { createWorld } from './world.ts'

describe('cron lines', () => {
  test.each([
    ['*/15 * * * *', '2020-05-01T00:00:00Z', '2020-05-01T00:15:00Z'],
    ['0 3 * * *', '2020-05-01T03:00:00Z', '2020-05-02T03:00:00Z'],
    ['30 8 1-7 * mon', '2020-05-01T09:00:00Z', '2020-05-02T08:30:00Z'],
    ['0 0 * * sun', '2020-05-01T00:00:00Z', '2020-05-03T00:00:00Z'],
    ['0 0 29 2 *', '2020-05-01T00:00:00Z', '2024-02-29T00:00:00Z'],
    ['@hourly', '2020-05-01T00:10:00Z', '2020-05-01T01:00:00Z'],
    ['@every 90s', '2020-05-01T00:00:10Z', '2020-05-01T00:01:40Z'],
    ['5,35 22-23 * dec fri', '2020-05-01T00:00:00Z', '2020-12-04T22:05:00Z'],
  ])('%s after %s is due at %s', (line, after, due) => {
    const next = parseSchedule(line).next(parseRfc3339(after) ?? 0)
    expect(next === undefined ? undefined : rfc3339(next)).toBe(due)
  })

  test('a day that never comes is never due', () => {
    expect(parseSchedule('0 0 31 2 *').next(0)).toBeUndefined()
  })
})

describe('apiserver 8.3 CronJobs', () => {
  const cronJobs = { group: 'batch', version: 'v1beta1', resource: 'cronjobs' }
  const template = { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'x' }] } } } }

  test('a Job is made at the first look (10 s) after each scheduled time, named after it; ended ones beyond the limit go', () => {
    const world = createWorld({ options: { disabled: ['podgc'] } })
    world.namespace('a')
    world.manager.start()
    world.wait(4)
    world.create(cronJobs, {
      apiVersion: 'batch/v1beta1',
      kind: 'CronJob',
      metadata: { name: 'c', namespace: 'a' },
      spec: {
        schedule: '* * * * *',
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 1,
        concurrencyPolicy: 'Allow',
        suspend: false,
        jobTemplate: template,
      },
    })
    const jobs = () => world.list<Job>(resources.jobs, 'a').map(({ metadata }) => metadata.name)
    world.wait(55)
    expect(jobs()).toEqual([])
    world.wait(12)
    expect(jobs()).toEqual(['c-1588291260'])
    for (let i = 0; i < 2; i++) {
      for (const { metadata, status } of world.list(resources.pods, 'a') as readonly {
        metadata: { name: string }
        status?: { phase?: string }
      }[])
        if (status?.phase === 'Pending')
          world.patch(
            resources.pods,
            metadata.name,
            { status: { phase: 'Succeeded' } },
            { namespace: 'a', subresource: 'status' },
          )
      world.wait(60)
    }
    expect(jobs()).toEqual(['c-1588291320', 'c-1588291380'])
    const reasons = world.events('a').map(({ on, reason }) => `${on} ${reason}`)
    expect(reasons).toContain('CronJob/c SuccessfulCreate')
    expect(reasons).toContain('CronJob/c SawCompletedJob')
    expect(reasons).toContain('CronJob/c SuccessfulDelete')
  })
})
