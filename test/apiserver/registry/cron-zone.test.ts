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
