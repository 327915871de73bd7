import { expect, test } from 'vitest'
import { newApi } from './api.ts'

/** Sources: pkg/apis/batch/validation/validation.go, validateTimeZone; pkg/printers/internalversion/printers.go, printCronJob. */

const cronJobs = '/apis/batch/v1/namespaces/default/cronjobs'
const cronJob = (spec: object) => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'c' },
  spec: {
    schedule: '0 9 * * *',
    jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'x' }] } } } },
    ...spec,
  },
})

test.each([
  ['', 'Invalid value: "": timeZone must be nil or non-empty string'],
  ['Mars/Olympus', 'Invalid value: "Mars/Olympus": unknown time zone Mars/Olympus'],
  ['Europe//Berlin', 'Invalid value: "Europe//Berlin": unknown time zone Europe//Berlin'],
  ['../UTC', 'Invalid value: "../UTC": unknown time zone ../UTC'],
  [
    'Local',
    'Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
  ],
])('a CronJob in %j is refused', (timeZone, text) => {
  expect(newApi(25).post(cronJobs, cronJob({ timeZone })).message).toBe(
    `CronJob.batch "c" is invalid: spec.timeZone: ${text}`,
  )
})

test('a CronJob has a zone from v1.25 on, and a column for it from v1.30 on', () => {
  const made = (minor: number) => {
    const api = newApi(minor)
    return {
      zone: api.post(cronJobs, cronJob({ timeZone: 'Europe/Berlin' })).spec.timeZone,
      row: api.rows(cronJobs)[0],
    }
  }
  expect(made(24).zone).toBeUndefined()
  expect(made(29).zone).toBe('Europe/Berlin')
  expect(made(29).row.slice(0, 3)).toEqual(['c', '0 9 * * *', 'False'])
  expect(made(30).row.slice(0, 4)).toEqual(['c', '0 9 * * *', 'Europe/Berlin', 'False'])
  const plain = newApi(30)
  plain.post(cronJobs, cronJob({}))
  expect(plain.rows(cronJobs)[0].slice(0, 4)).toEqual(['c', '0 9 * * *', '<none>', 'False'])
})

/** Sources: github.com/robfig/cron v1.1.0 and v3.0.1; validateScheduleFormat; what a user of v1.21 was told. */
test.each([
  [21, 'CRON_TZ=UTC 0 9 * * *', 'Expected exactly 5 fields, found 6: CRON_TZ=UTC 0 9 * * *'],
  [22, 'CRON_TZ=UTC 0 9 * * *', undefined],
  [22, 'TZ=Mars 0 9 * * *', 'provided bad location Mars: unknown time zone Mars'],
  [22, '* * *', 'expected exactly 5 fields, found 3: [* * *]'],
  [22, '61 * * * *', 'end of range (61) above maximum (59): 61'],
  [28, 'TZ=Europe/Berlin 0 9 * * *', undefined],
  [29, 'TZ=Europe/Berlin 0 9 * * *', 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'],
])('v1.%d: the schedule %j', (minor, schedule, problem) => {
  const version = minor < 25 ? 'v1beta1' : 'v1'
  const path = `/apis/batch/${version}/namespaces/default/cronjobs`
  const answer = newApi(minor).post(path, { ...cronJob({ schedule }), apiVersion: `batch/${version}` })
  expect(answer.message).toBe(
    problem && `CronJob.batch "c" is invalid: spec.schedule: Invalid value: "${schedule}": ${problem}`,
  )
})
