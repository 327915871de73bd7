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

  // What Go says of the same lines in these zones, by the IANA database: github.com/robfig/cron, spec.go.
  test.each([
    ['0 9 * * *', 'Europe/Berlin', '2026-03-28T08:00:00Z', '2026-03-29T07:00:00Z'],
    ['0 9 * * *', 'Europe/Berlin', '2026-10-24T07:00:00Z', '2026-10-25T08:00:00Z'],
    ['30 2 * * *', 'Europe/Berlin', '2026-03-28T01:30:00Z', '2026-03-30T00:30:00Z'],
    ['30 2 * * *', 'Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'],
    ['30 1 * * *', 'America/New_York', '2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z'],
    ['0 0 1 * *', 'America/New_York', '2026-03-02T00:00:00Z', '2026-04-01T04:00:00Z'],
    ['0 6 * * mon', 'Asia/Kolkata', '2026-01-01T00:00:00Z', '2026-01-05T00:30:00Z'],
    ['0 12 * * *', 'Australia/Sydney', '2026-04-04T01:00:00Z', '2026-04-05T02:00:00Z'],
    ['0 12 * * *', 'Pacific/Auckland', '2026-09-26T00:00:00Z', '2026-09-26T23:00:00Z'],
    ['0 0 * * *', 'Etc/GMT+5', '2026-01-01T00:00:00Z', '2026-01-01T05:00:00Z'],
  ])('%s in %s after %s is due at %s', (line, zone, after, due) => {
    const next = parseSchedule(line, zone).next(parseRfc3339(after) ?? 0)
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

  describe('from v1.21 on', () => {
    const stable = { group: 'batch', version: 'v1', resource: 'cronjobs' }
    const made = (minor: number, spec: object) => {
      const world = createWorld({ minor, options: { disabled: ['podgc'] } })
      world.namespace('a')
      world.manager.start()
      world.wait(4)
      const jobTemplate = { ...template, metadata: { annotations: { team: 'x' } } }
      const rest = { schedule: '* * * * *', concurrencyPolicy: 'Allow', suspend: false, jobTemplate }
      const object = { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'c', namespace: 'a' } }
      world.create(stable, { ...object, spec: { ...rest, ...spec } })
      return world
    }

    test('v1.28: a Job says when it was due, in the zone of the CronJob', () => {
      const world = made(28, { timeZone: 'Asia/Kolkata' })
      world.wait(65)
      expect(world.list<Job>(resources.jobs, 'a').map(({ metadata }) => metadata.annotations)).toEqual([
        { team: 'x', 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2020-05-01T05:31:00+05:30' },
      ])
      const older = made(27, { timeZone: 'Asia/Kolkata' })
      older.wait(65)
      expect(older.list<Job>(resources.jobs, 'a').map(({ metadata }) => metadata.annotations)).toEqual([{ team: 'x' }])
    })

    test('a zone in the schedule is kept to, and warned of', () => {
      const world = made(28, { schedule: 'TZ=Asia/Kolkata 31 5 * * *' })
      world.wait(65)
      expect(world.list(resources.jobs, 'a')).toHaveLength(1)
      expect(world.events('a').map(({ reason }) => reason)).toContain('UnsupportedSchedule')
    })

    test('Forbid tells that the Job before still runs', () => {
      const world = made(28, { concurrencyPolicy: 'Forbid' })
      world.wait(130)
      expect(world.list(resources.jobs, 'a')).toHaveLength(1)
      expect(world.events('a').map(({ reason }) => reason)).toContain('JobAlreadyActive')
    })

    test.each([
      [23, 'too many missed start times: 121. Set or decrease .spec.startingDeadlineSeconds or check clock skew'],
      [28, 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew'],
    ])('v1.%i: who missed more than 100 starts is told so, and the last of them is made up for', (minor, message) => {
      const world = made(minor, { suspend: true })
      world.wait(7260)
      expect(world.list(resources.jobs, 'a')).toEqual([])
      world.patch(stable, 'c', { spec: { suspend: false } }, { namespace: 'a' })
      world.wait(2)
      expect(world.list(resources.jobs, 'a').map(({ metadata }) => metadata.name)).toEqual(['c-26471641'])
      expect(world.events('a').map((event) => event.message)).toContain(message)
    })
  })
})
